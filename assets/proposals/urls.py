"""Addresses of proposals that are not generic."""

from django.urls import path

from assets.proposals import views

urlpatterns = [
    path("renewal/propose/", views.prepare, name="renewal-propose"),
    path("renewal-proposals/<int:pk>/paper/", views.paper, name="renewal-proposal-paper"),
    path("renewal-proposals/<int:pk>/workbook/", views.book, name="renewal-proposal-book"),
]
