"""Addresses of acts on many rows beside the generic one."""
from django.urls import path

from logistics.core.many import views

urlpatterns = [path("many/<int:pk>/", views.result, name="many-result")]
