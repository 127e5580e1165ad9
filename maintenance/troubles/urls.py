"""The address of the page of things that break again and again."""

from django.urls import path

from maintenance.troubles import views

urlpatterns = [path("bad-actors/", views.page, name="bad-actors")]
