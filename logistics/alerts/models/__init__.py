"""Who was told, what needs attention, what has to happen by when."""
from logistics.alerts.models.alert import Alert
from logistics.alerts.models.channel import Breaker, Channel, ContactPoint, Driver, Preference, address_print
from logistics.alerts.models.deadline import Deadline
from logistics.alerts.models.notification import DeliveryAttempt, Heartbeat, Importance, Notification
from logistics.alerts.models.obligation import DutyRecord, Obligation, ObligationRule
from logistics.alerts.models.webhook import WebhookDelivery, WebhookSubscription

__all__ = [
    "Alert", "Breaker", "Channel", "ContactPoint", "Deadline", "DeliveryAttempt", "Driver", "DutyRecord", "Heartbeat", "Importance",
    "Notification", "Obligation", "ObligationRule", "Preference", "WebhookDelivery", "WebhookSubscription", "address_print",
]
