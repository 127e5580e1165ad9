"""Who was told, what needs attention, what has to happen by when."""
from logistics.alerts.models.alert import Alert
from logistics.alerts.models.chain import Chain, ChainRun, ChainStep, step_words
from logistics.alerts.models.channel import Breaker, Channel, ContactPoint, Driver, Preference, address_print
from logistics.alerts.models.deadline import Deadline
from logistics.alerts.models.notification import DeliveryAttempt, Heartbeat, Importance, Notification
from logistics.alerts.models.obligation import DutyRecord, Obligation, ObligationRule
from logistics.alerts.models.policy import AlertPolicy
from logistics.alerts.models.report import Every, ReportParcel, ReportRun, ReportSchedule
from logistics.alerts.models.silence import LONGEST, LONGEST_FOR_LIFE, Silence
from logistics.alerts.models.webhook import WebhookDelivery, WebhookSubscription

__all__ = [
    "LONGEST", "LONGEST_FOR_LIFE", "Alert", "AlertPolicy", "Breaker", "Chain", "ChainRun", "ChainStep", "Channel", "ContactPoint",
    "Deadline", "DeliveryAttempt", "Driver", "DutyRecord", "Every", "Heartbeat", "Importance", "Notification", "Obligation",
    "ObligationRule", "Preference", "ReportParcel", "ReportRun", "ReportSchedule", "Silence", "WebhookDelivery", "WebhookSubscription",
    "address_print", "step_words",
]
