"""The page of a firm."""

from django.urls import path

from maintenance.contracting import views

urlpatterns = [path("our-orders/", views.my_orders, name="our-orders")]
