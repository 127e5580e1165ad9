"""The page of the terms, and the calendar for other programs and on paper."""
from django.urls import path

from logistics.campus.terms import views

urlpatterns = [
    path("school-terms/", views.terms, name="terms"),
    path("term-marks/<int:pk>/remove/", views.remove_mark, name="termmark-remove"),
    path("calendars/<int:pk>/paper/", views.paper, name="calendar-paper"),
]
doors = [path("calendar/<str:token>.ics", views.feed, name="calendar-feed")]
