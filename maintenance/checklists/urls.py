"""Pages of checklists that are not generic."""
from django.urls import path

from maintenance.checklists import views

urlpatterns = [
    path("checklists/<int:pk>/items/", views.items, name="checklist-items"),
    path("checklist-items/<int:pk>/change/", views.change_item, name="checklistitem-change"),
    path("checklists/runs/<int:pk>/answer/", views.order_answer, name="checklist-answer"),
]
