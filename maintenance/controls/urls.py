"""Pages of control sheets that are not generic."""
from django.urls import path

from maintenance.controls import views

urlpatterns = [path("control-sheets/<int:pk>/paper/", views.sheet_paper, name="controlsheet-paper")]
