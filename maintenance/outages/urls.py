"""Addresses of outages that are not generic."""

from django.urls import path

from maintenance.outages import views

urlpatterns = [path("outages/<int:pk>/notice/", views.notice, name="outage-notice")]
