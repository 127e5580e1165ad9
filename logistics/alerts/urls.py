"""Addresses of the page behind the bell."""
from django.urls import path

from logistics.alerts import views

doors = [path("alerts/notifications/", views.notification_list, name="notifications")]
urlpatterns = [
    path("notifications/read/", views.notifications_read, name="notification-read-all"),
    path("notifications/<int:pk>/", views.notification_open, name="notification-open"),
    path("notifications/<int:pk>/read/", views.notification_read, name="notification-read"),
]
