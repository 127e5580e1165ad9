"""Addresses of locking and lifting, of the facts of a category, and of the papers of the register."""
from django.urls import path

from assets import views

urlpatterns = [
    path("equipment/labels/", views.labels, name="labels"),
    path("equipment/ledger.pdf", views.ledger, name="ledger"),
    path("equipment/<int:pk>/dossier.pdf", views.dossier_paper, name="dossier"),
    path("equipment/facts/", views.facts_of_category, name="facts"),
    path("equipment/<int:pk>/lock/", views.lock, name="lock"),
    path("locks/<int:pk>/lift/", views.lift, name="lift"),
]
