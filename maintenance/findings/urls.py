"""Pages of the ledger that are not generic."""
from django.urls import path

from maintenance.findings import views

urlpatterns = [
    path("findings/<int:pk>/look/", views.look, name="finding-look"),
]
