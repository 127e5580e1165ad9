"""Addresses of counting with the phone, and of the report."""

from django.urls import path

from assets.census import views

urlpatterns = [
    path("counts/<int:pk>/count/", views.count, name="count"),
    path("counts/<int:pk>/count/<str:code>/", views.scanned, name="count-scanned"),
    path("counts/<int:pk>/report.pdf", views.paper, name="census-paper"),
]
