"""Addresses of long work beside the generic ones."""
from django.urls import path

from logistics.core.jobs import views

urlpatterns = [
    path("jobs/<int:pk>/progress/", views.progress, name="job-progress"),
    path("jobs/<int:pk>/file/", views.file, name="job-file"),
]
