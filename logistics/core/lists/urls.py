"""Addresses of saved lists."""
from django.urls import path

from logistics.core.lists import views

urlpatterns = [
    path("lists/<str:kind>/save/", views.save, name="savedlist-save"),
    path("lists/<int:pk>/forget/", views.forget, name="savedlist-forget"),
]
