"""Addresses of the paper of a transfer."""

from django.urls import path

from assets.transfers import views

urlpatterns = [path("transfers/<int:pk>/form.pdf", views.paper, name="transfer-paper")]
