"""The page of duties and their plans."""

from django.urls import path

from maintenance.statutory import views

urlpatterns = [path("statutory/", views.overview, name="statutory")]
