"""Addresses of locking and lifting."""
from django.urls import path

from assets import views

urlpatterns = [
    path("equipment/<int:pk>/lock/", views.lock, name="lock"),
    path("locks/<int:pk>/lift/", views.lift, name="lift"),
]
