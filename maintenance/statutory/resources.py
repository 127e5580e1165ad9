"""How the checks of each scheme are done, for page and API."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import menu
from logistics.core.columns import Column, NameColumn
from logistics.core.resources import Resource, resource
from maintenance.models import SchemeRound
from maintenance.statutory import filters, forms, services
from maintenance.statutory.roles import KEEPERS


@resource
class SchemeRounds(Resource):
    model = SchemeRound
    slug = "ways-of-checking"
    icon = "gavel"
    order = ("scheme__code", "pk")
    form = forms.ArrangeForm
    filterset = filters.SchemeRoundFilters
    list_joins = ("scheme",)
    detail_joins = ("scheme",)
    columns = (
        NameColumn("scheme.name", gettext_lazy("Statutory duty"), sort="scheme__code", joins=("scheme",), second="scheme.code", width=36),
        Column("get_way_display", gettext_lazy("Checked by"), sort="way"),
        Column("checklist.name", gettext_lazy("Checklist"), joins=("checklist",), css="c-hide"),
        Column("team.name", gettext_lazy("Team"), joins=("team",), css="c-hide"),
    )
    facts = (
        Column("scheme", gettext_lazy("Statutory scheme")),
        Column("get_way_display", gettext_lazy("Checked by")),
        Column("get_domain_display", gettext_lazy("Domain")),
        Column("checklist", gettext_lazy("Checklist"), joins=("checklist",)),
        Column("team", gettext_lazy("Team"), joins=("team",)),
        Column("tag_needed", gettext_lazy("Labels must be scanned")),
        Column("min_s", gettext_lazy("Shortest time at a point (seconds)")),
        Column("reason", gettext_lazy("Why it was changed")),
    )
    api_fields = ("scheme", "way", "duty", "domain", "checklist", "team", "tag_needed", "min_s", "reason")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        """Of a scheme that is new; those that ship have theirs from the first run on."""
        scheme = data.pop("scheme")
        return services.arrange(SchemeRound(scheme=scheme), by=by, **data)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> Any:
        return services.arrange(record, by=by, **data)

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        plans = f"{reverse('maintenance:maintenanceplan-list')}?scheme={record.scheme_id}"
        return [{"label": str(_("Plans")), "url": plans, "icon": "calendar-repeat"}]


menu.item(
    "maintenance.statutory",
    "safety",
    55,
    gettext_lazy("Duties and their plans"),
    "gavel",
    "maintenance:statutory",
    roles=f"{KEEPERS} logistics_director auditor",
)
