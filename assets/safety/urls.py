"""Addresses of safety units that are not lists."""

from django.urls import path

from assets.safety import views

urlpatterns = [path("safety-groups/<int:pk>/cards.pdf", views.cards, name="safety-cards")]
