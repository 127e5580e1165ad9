"""Addresses of reading off, replacing, voiding; and of many readings over the API."""

from django.urls import path

from assets.meters import api_views, views

urlpatterns = [
    path("meters/<int:pk>/read/", views.read, name="meter-read"),
    path("meters/<int:pk>/replace/", views.replace, name="meter-replace"),
    path("meter-readings/<int:pk>/void/", views.void, name="reading-void"),
]
api = [path("assets/readings", api_views.ManyReadings.as_view(), name="assets-readings")]
