"""Addresses of the pages of certificates that are not lists."""

from django.urls import path

from assets.certificates import views

urlpatterns = [
    path("certificates/", views.board, name="certificates"),
    path("certificates/calendar/", views.calendar, name="statutory-calendar"),
    path("certificates/special-equipment.pdf", views.special_ledger, name="special-ledger"),
    path("scheme-versions/<int:pk>/confirm/", views.confirm, name="scheme-confirm"),
    path("schemes/<int:pk>/amend/", views.amend, name="scheme-amend"),
]
