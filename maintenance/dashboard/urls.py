"""Addresses of the facilities dashboard."""

from django.urls import path

from maintenance.dashboard import views

urlpatterns = [
    path("facilities/", views.dashboard, name="facilities"),
    path("facilities/report/", views.paper, name="facilities-report"),
    path("facilities/workbook/", views.workbook, name="facilities-workbook"),
]
