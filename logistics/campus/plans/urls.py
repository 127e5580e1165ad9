"""The drawing of a plan and its pins."""
from django.urls import path

from logistics.campus.plans import views

urlpatterns = [
    path("floor-plans/<int:pk>/image/", views.image, name="plan-image"),
    path("floor-plans/<int:pk>/pins/", views.pins, name="plan-pins"),
    path("floor-plans/<int:pk>/pins/<int:pin>/remove/", views.unpin, name="plan-unpin"),
]
