"""Figures of the house rules as a list, pages and API: rows are never edited, a new one takes over from a day on."""
from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import clock
from logistics.core.columns import Column, NameColumn
from logistics.core.limits import services
from logistics.core.limits.filters import LimitFilters
from logistics.core.limits.forms import LimitForm
from logistics.core.models import Limit
from logistics.core.resources import Resource, resource
from logistics.core.spans import DURING


@resource
class Limits(Resource):
    model = Limit
    slug = "limits"
    icon = "adjustments"
    order = ("code", "-during")
    menu = ("system", 19)
    add_form = LimitForm
    filterset = LimitFilters
    columns = (
        NameColumn("label", gettext_lazy("House figure"), width=46),
        Column("value", gettext_lazy("Value"), css="hq-end", kind="number"),
        DURING,
        Column("reason", gettext_lazy("Reason"), css="c-hide"),
    )
    facts = (
        Column("value", gettext_lazy("Value"), kind="number"), Column("during", gettext_lazy("Holds"), show=DURING.show),
        Column("reason", gettext_lazy("Reason")), Column("source", gettext_lazy("Follows from")),
        Column("made_by", gettext_lazy("Set by")), Column("made_at", gettext_lazy("Set at")),
    )
    detail_joins = ("made_by",)
    api_fields = ("code", "label", "value", "during", "reason", "source", "made_by", "made_at")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        day = data.get("since")
        since = timezone.make_aware(datetime.combine(day, time())) if day and day != clock.today() else None
        return services.set_limit(code=data["code"], value=data["value"], reason=data["reason"], by=by, since=since)

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, Any]]:
        if not cls.may(person, "add"):
            return []
        url = f"{reverse(cls.url_name('add'))}?code={record.code}&value={record.value}"
        return [{"label": _("Set anew"), "url": url, "icon": "adjustments"}]
