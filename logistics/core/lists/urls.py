"""Addresses of saved lists."""
from django.urls import path

from logistics.core.lists import views

urlpatterns = [
    path("lists/<int:pk>/", views.show, name="savedlist-show"),
    path("lists/<int:pk>/change/", views.change, name="savedlist-change"),
    path("lists/<int:pk>/update/", views.update, name="savedlist-update"),
    path("lists/<int:pk>/forget/", views.forget, name="savedlist-forget"),
    path("lists/<int:pk>/bring-back/", views.bring_back, name="savedlist-bring-back"),
    path("lists/<str:kind>/", views.menu, name="savedlist-menu"),
    path("lists/<str:kind>/save/", views.save, name="savedlist-save"),
]
