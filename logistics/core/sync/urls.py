"""Addresses of work without a network."""
from django.urls import path

from logistics.core.sync import api_views

api = [
    path("sync", api_views.Sync.as_view(), name="sync-door"),
    path("uploads/<slug:sha256>", api_views.Upload.as_view(), name="sync-upload"),
]
