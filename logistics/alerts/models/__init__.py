"""Who was told, what needs attention, what has to happen by when."""
from logistics.alerts.models.alert import Alert
from logistics.alerts.models.deadline import Deadline
from logistics.alerts.models.notification import DeliveryAttempt, Heartbeat, Notification

__all__ = ["Alert", "Deadline", "DeliveryAttempt", "Heartbeat", "Notification"]
