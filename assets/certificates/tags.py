"""A lock or closure by a certificate stays until a passing record is entered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from assets.certificates.models import Requirement, StatutoryRecord
from assets.roles import CERTIFIERS
from logistics.campus.registries import closure_guard, closure_lifters

closure_lifters("assets.statutoryrecord", f"{CERTIFIERS} logistics_director")  # who records the passed inspection opens the place again


@closure_guard("assets.statutoryrecord")
def no_pass_yet(lock: Any) -> Any:
    """Lifted by recording a pass only; what the law does not ask of it any more keeps nobody out."""
    record = StatutoryRecord.objects.filter(pk=lock.source_id).first()
    if record is None:
        return None
    asked = Requirement.objects.filter(scheme=record.scheme_id, action=record.action, equipment=record.equipment_id, place=record.place_id)
    if not asked.exists() or asked.met().exists():
        return None
    return _("It opens again when a passed inspection is recorded: %(scheme)s.") % {"scheme": record.scheme}
