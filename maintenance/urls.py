"""Pages of maintenance that are not generic."""
from django.urls import path

from maintenance.resources import RepairRequests, WorkOrders
from maintenance.views import calendar, dispatch, guest, recalendar, reporter, sheet, team, technician, wall

urlpatterns = [
    path("queue/", dispatch.queue, name="queue"),
    path("queue/join/", dispatch.bulk, name="queue-bulk"),
    path("queue/<slug:key>/", dispatch.panel, name="queue-panel"),
    path("queue/<slug:key>/assign/", dispatch.give, name="queue-give"),
    path("buildings/", dispatch.buildings, name="buildings"),
    path("calendar/", calendar.month, name="calendar"),
    path("team/", team.board, name="team"),
    path("clocks/<int:pk>/", recalendar.page, name="recalendar"),
    path("wallboard/", wall.wallboard, name="wallboard"),
    path("work-orders/<int:pk>/sheet/", sheet.sheet, name="workorder-sheet"),
    path("report/", reporter.report_page, name="report"),
    path("report/later/", reporter.report_later, name="report-later"),
    path("report/same/", reporter.same, name="report-same"),
    path("report/for/", reporter.report_for, name="report-for"),
    path("mine/", reporter.mine, name="mine"),
    path("mine/<int:pk>/", reporter.my_report, name="my-report"),
    # before the generic ones of the same address
    path("requests/<int:pk>/", reporter.RequestPage.as_view(resource=RepairRequests), name="request"),
    path("today/", technician.today, name="today"),
    path("today/<int:pk>/", technician.order_page, name="order"),
    path("today/<int:pk>/labour/", technician.book_labour, name="order-labour"),
    path("today/<int:pk>/labour/<int:entry>/take-back/", technician.take_back, name="order-labour-back"),
    path("today/<int:pk>/reading/", technician.enter_reading, name="order-reading"),
    path("today/<int:pk>/cost/", technician.book_cost, name="order-cost"),
    path("work-orders/<int:pk>/", technician.OrderPage.as_view(resource=WorkOrders), name="work-order"),
]

doors = [
    path("scan/", reporter.scan, name="scan"),
    path("q/<str:code>/report/", guest.report_page, name="guest-report"),
    path("q/<str:code>/report/same/", guest.same, name="guest-report-same"),
    path("t/<str:token>/", guest.follow, name="guest-request"),
]
