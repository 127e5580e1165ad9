"""Addresses that no record generates: what I was told and how, the watch over the outbox, and what gateways report."""
from django.urls import path

from logistics.alerts import api_views
from logistics.alerts.views import contacts, duties, figures, notices, reports, system, watch

doors = [
    path("alerts/notifications/", notices.notification_list, name="notifications"),
    path("me/notices/", contacts.how_i_am_told, name="how-i-am-told"),
    path("reports/leave/<str:token>/", reports.leave, name="report-leave"),
]
urlpatterns = [
    path("figures/", figures.alert_figures, name="figures"),
    path("duties/", duties.today, name="duties"),
    path("duties/calendar/", duties.calendar, name="duties-calendar"),
    path("duties/export/", duties.export, name="duties-export"),
    path("duties/ledger/", duties.ledger, name="duties-ledger"),
    path("obligations/<int:pk>/record/", duties.record, name="obligation-record"),
    path("notifications/read/", notices.notifications_read, name="notification-read-all"),
    path("notifications/<int:pk>/", notices.notification_open, name="notification-open"),
    path("notifications/<int:pk>/read/", notices.notification_read, name="notification-read"),
    path("notifications/<int:pk>/ack/", notices.notification_ack, name="notification-ack"),
    path("contacts/add/", contacts.contact_add, name="contact-add"),
    path("contacts/<int:pk>/code/", contacts.contact_code, name="contact-code"),
    path("contacts/<int:pk>/verify/", contacts.contact_verify, name="contact-verify"),
    path("contacts/<int:pk>/remove/", contacts.contact_remove, name="contact-remove"),
    path("preferences/", contacts.preferences, name="preferences"),
    path("reports/mine/<int:pk>/", reports.parcel, name="report-parcel"),
    path("reports/mine/<int:pk>/file/", reports.file, name="report-file"),
    path("inbox/", watch.inbox, name="inbox"),
    path("wallboard/", watch.wallboard, name="wallboard"),
    path("kinds/", watch.kinds, name="kinds"),
    path("chains/<int:pk>/preview/", watch.preview, name="chain-preview"),
    path("chain-steps/<int:pk>/remove/", watch.step_remove, name="chainstep-remove"),
    path("outbox/", system.outbox, name="outbox"),
    path("reachability/", system.reachability, name="reachability"),
    path("channels/standard/", system.standard, name="channel-standard"),
    path("channels/<int:pk>/test/", system.channel_test, name="channel-test"),
    path("channels/<int:pk>/token/", system.channel_token, name="channel-token"),
    path("webhooks/<int:pk>/test/", system.webhook_test, name="webhooksubscription-test"),
    path("webhooks/<int:pk>/secret/", system.webhook_secret, name="webhooksubscription-secret"),
    path("webhooks/deliveries/<int:pk>/resend/", system.webhook_resend, name="webhook-resend"),
]
api = [
    path("channels/<slug:code>/receipts", api_views.ChannelReceipts.as_view(), name="channel-receipts"),
    path("alerts/notifications/", api_views.MyNotices.as_view(), name="alerts-notifications"),
    path("alerts/notifications/<int:pk>/read/", api_views.ReadNotice.as_view(), name="alerts-notifications-read"),
    path("alerts/notifications/<int:pk>/ack/", api_views.AckNotice.as_view(), name="alerts-notifications-ack"),
]
