"""Pages of the ledger that are not generic."""
from django.urls import path

from maintenance.findings import views

urlpatterns = [
    path("findings/ledger/", views.ledger_paper, name="finding-ledger"),
    path("findings/<int:pk>/look/", views.look, name="finding-look"),
]
