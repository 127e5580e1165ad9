"""Pages of maintenance that are not generic."""
from django.urls import path

from maintenance.views import dispatch, figures, sheet

urlpatterns = [
    path("queue/", dispatch.queue, name="queue"),
    path("queue/join/", dispatch.bulk, name="queue-bulk"),
    path("queue/<slug:key>/", dispatch.panel, name="queue-panel"),
    path("queue/<slug:key>/assign/", dispatch.give, name="queue-give"),
    path("board/", dispatch.board, name="board"),
    path("board/<int:pk>/", dispatch.order_moves, name="order-moves"),
    path("buildings/", dispatch.buildings, name="buildings"),
    path("wallboard/", dispatch.wallboard, name="wallboard"),
    path("figures/", figures.figures, name="figures"),
    path("work-orders/<int:pk>/sheet/", sheet.sheet, name="workorder-sheet"),
]

doors: list = []
