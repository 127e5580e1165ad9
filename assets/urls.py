"""Addresses of locking, lifting and the facts of a category."""
from django.urls import path

from assets import views

urlpatterns = [
    path("equipment/facts/", views.facts_of_category, name="facts"),
    path("equipment/<int:pk>/lock/", views.lock, name="lock"),
    path("locks/<int:pk>/lift/", views.lift, name="lift"),
]
