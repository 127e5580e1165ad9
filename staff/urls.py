"""Addresses of the pages of staff that are not lists."""
from django.urls import path

from staff import views

urlpatterns = [
    path("roster/", views.roster, name="roster"),
    path("roster/make/", views.roster_make, name="roster-make"),
    path("certificates/board/", views.certificate_board, name="certificate-board"),
    path("my-duties/", views.my_duties, name="my-duties"),
]
