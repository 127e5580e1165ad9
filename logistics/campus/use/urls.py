"""The use of rooms; and the door by which a timetable program says what is used."""
from django.urls import path

from logistics.campus.use import api_views, views

urlpatterns = [
    path("use-of-rooms/", views.use_map, name="use-map"),
    path("use-of-rooms/idle/", views.idle, name="idle-rooms"),
]
api = [path("campus/record-use/", api_views.RecordUse.as_view(), name="campus-record-use")]
