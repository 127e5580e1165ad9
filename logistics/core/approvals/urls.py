"""The inbox of those who approve."""
from django.urls import path

from logistics.core.approvals import views

doors = [path("approvals/", views.inbox, name="approvals")]
