"""Addresses of the planner, of dry runs, and of planned work as a calendar."""

from django.urls import path

from maintenance.plans import views

urlpatterns = [
    path("planner/", views.planner, name="planner"),
    path("plans/preview/", views.preview, name="plan-preview"),
    path("plans/<int:pk>/dry-run/", views.dry_run_page, name="plan-dry-run"),
]
doors = [path("upkeep/<str:token>.ics", views.feed, name="upkeep-feed")]
