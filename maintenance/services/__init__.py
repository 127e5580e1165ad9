"""What other apps and pages may ask of maintenance."""
from maintenance.services.reporting import (
    duplicates,
    report,
    report_as_guest,
    request_by_token,
)

__all__ = ["duplicates", "report", "report_as_guest", "request_by_token"]
