"""What other apps and pages may ask of maintenance."""
from maintenance.services.reporting import (
    duplicates,
    report,
    report_as_guest,
    request_by_token,
)
from maintenance.services.serving import order_summary, plan_service_order

__all__ = ["duplicates", "order_summary", "plan_service_order", "report", "report_as_guest", "request_by_token"]
