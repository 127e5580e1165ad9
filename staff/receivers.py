"""What happens in the staff files when a person leaves, and what their timelines say about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.accounts.publishing import ends_with_person, hand_over
from logistics.core import clock
from logistics.core.publishing import Waiting
from logistics.core.templatetags import ui
from logistics.core.timeline import note
from logistics.core.workflow import write_event
from staff.models import Duty, StaffMember

note("on_leave", _("came off the roster, on leave"), "calendar-off", "off")
note("left", _("came off the roster, because the person leaves"), "calendar-off", "off")


@hand_over("staff.duties", _("Duties to come"))
def duties_to_come(person: Any) -> Iterator[Waiting]:
    for duty in (
        Duty.objects.filter(staff__person=person, state="planned", start__gt=clock.now())
        .select_related("staff__person")
        .order_by("start")[:60]
    ):
        yield Waiting(
            ui.when_words(duty.start), duty.get_absolute_url(), str(duty.get_kind_display())
        )


@ends_with_person("staff.file")
def close_file(person: Any, instant: datetime) -> None:
    """The file ends with the last day; duties after it come off the roster."""
    last = timezone.localdate(instant - timedelta(seconds=1))
    for member in StaffMember.objects.select_for_update(of=("self",)).filter(person=person, left_on__isnull=True):
        member.left_on = max(last, member.joined_on)
        member.save(update_fields=["left_on"])
    for duty in (
        Duty.objects.select_for_update(of=("self",)).filter(staff__person=person, state="planned", start__gte=instant).order_by("pk")
    ):
        duty.state = "cancelled"
        duty.save(update_fields=["state"])
        write_event(duty, "left", by=None, from_state="planned", to_state="cancelled")
