"""Addresses of search."""
from django.urls import path

from logistics.core.search import api_views, views

doors = [path("search/", views.page, name="search")]
api = [path("search/", api_views.Search.as_view(), name="api-search")]
