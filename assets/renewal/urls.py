"""The address of the renewal page."""

from django.urls import path

from assets.renewal import views

urlpatterns = [path("renewal/", views.ranking, name="renewal")]
