"""Things are seen where there is no network, such as in cellars; what was seen is sent later, at the time it was seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.census.forms import SeeForm
from assets.census.services import see
from assets.models import Census
from logistics.core.sync.kinds import Given, cleaned, sync_kind
from logistics.core.sync.pages import PAGES, keep


@sync_kind("assets.seen", "assets.census", _("Seen"))
def seen(given: Given) -> models.Model | None:
    """One thing was seen; refused once nobody counts any more."""
    return see(census=given.record, by=given.person, at=given.fact.judged_at, **cleaned(SeeForm(given.data, person=given.person)))


keep(r"^/assets/counts/\d+/count/$")


def counts_of(person: Any) -> Iterable[str]:
    """The counts for which this person is named."""
    rows = Census.objects.counting().filter(counters=person.pk).order_by("pk").values_list("pk", flat=True)[:5]
    yield from (reverse("assets:count", args=[pk]) for pk in rows)


PAGES.append(counts_of)
