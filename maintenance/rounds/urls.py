"""Pages of rounds that are not generic."""
from django.urls import path

from maintenance.rounds import views

urlpatterns = [
    path("rounds/mine/", views.my_rounds, name="my-rounds"),
    path("rounds/<int:pk>/walk/", views.walk, name="round-walk"),
    path("rounds/<int:pk>/visit/", views.be_there, name="round-visit"),
    path("rounds/<int:pk>/answer/", views.answer, name="round-answer"),
    path("rounds/<int:pk>/submit/", views.submit, name="round-submit"),
    path("rounds/<int:pk>/paper/", views.round_paper, name="round-paper"),
    path("routes/<int:pk>/begin/", views.by_hand, name="route-begin"),
]
