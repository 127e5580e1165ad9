"""Addresses of work without a network."""
from django.urls import path

from logistics.core.sync import api_views, views

doors = [
    path("sw.js", views.worker, name="worker"),
    path("offline/pages/", views.pages, name="offline-pages"),
    path("offline/kit/<str:kind>/", views.kit, name="offline-kit"),
    path("offline/waiting/", views.outbox, name="outbox"),
    path("offline/sent/", views.sent, name="sent-from-phone"),
]
api = [
    path("sync", api_views.Sync.as_view(), name="sync-door"),
    path("uploads/<slug:sha256>", api_views.Upload.as_view(), name="sync-upload"),
]
