"""Verbs of statutory duties: what is shipped, changing the law, recording, and what follows when a day passes."""

from assets.certificates.services.lapsing import call_for_applications, lock_lapsed, refresh_requirements
from assets.certificates.services.law import amend, confirm, figure, ship_standards
from assets.certificates.services.recording import MAY_RECORD, may_record, record, record_checks

__all__ = [
    "MAY_RECORD",
    "amend",
    "call_for_applications",
    "confirm",
    "figure",
    "lock_lapsed",
    "may_record",
    "record",
    "record_checks",
    "refresh_requirements",
    "ship_standards",
]
