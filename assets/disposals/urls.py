"""Addresses of the paper of a disposal."""

from django.urls import path

from assets.disposals import views

urlpatterns = [path("disposals/<int:pk>/form.pdf", views.paper, name="disposal-paper")]
