"""Addresses of the facilities dashboard."""

from django.urls import path

from maintenance.dashboard import repairs, report, views

urlpatterns = [
    path("figures/", repairs.figures, name="figures"),
    path("figures/report/", report.monthly, name="figures-report"),
    path("facilities/card/<slug:card>/", views.home_figures, name="home-figures"),
    path("facilities/", views.dashboard, name="facilities"),
    path("facilities/report/", views.paper, name="facilities-report"),
    path("facilities/workbook/", views.workbook, name="facilities-workbook"),
]
