"""Addresses of imports beside the generic ones."""
from django.urls import path

from logistics.core.transfer import views

urlpatterns = [
    path("imports/<int:pk>/columns/", views.columns, name="importbatch-columns"),
    path("imports/<int:pk>/mistakes/", views.problems, name="importbatch-problems"),
    path("imports/<int:pk>/kept/", views.kept, name="importbatch-kept"),
]
