"""Addresses of outages that are not generic."""

from django.urls import path

from maintenance.outages import views

urlpatterns = [
    path("outages/desk/", views.desk, name="outage-desk"),
    path("outages/<int:pk>/notice/", views.notice, name="outage-notice"),
    path("outages/<int:pk>/reports/", views.join, name="outage-reports"),
]
