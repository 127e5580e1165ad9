"""What needs an approval here: what the things of a disposal cost; and the figures by which it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.disposals.workflow import VALUE
from assets.models import Appraisal, Disposal, DisposalLine
from logistics.core.approvals.purposes import purpose


def facts(rows: Sequence[Disposal]) -> dict[int, list[tuple[Any, Any]]]:
    """How many things and which, how they go, and what the appraisers said. Two statements for all."""
    ids = [row.pk for row in rows]
    lines: dict[int, list[DisposalLine]] = {pk: [] for pk in ids}
    for line in DisposalLine.objects.filter(disposal__in=ids).select_related("equipment").order_by("pk"):
        lines[line.disposal_id].append(line)
    said: dict[int, list[str]] = {pk: [] for pk in ids}
    for one in Appraisal.objects.filter(disposal__in=ids).select_related("person"):
        said[one.disposal_id].append(_("%(who)s: %(what)s") % {"who": one.person, "what": one.get_verdict_display()})
    found: dict[int, list[tuple[Any, Any]]] = {}
    for row in rows:
        own = lines[row.pk]
        things = _(", ").join(str(line) for line in own[:3]) + ("…" if len(own) > 3 else "")
        count = ngettext("%(n)s thing", "%(n)s things", len(own)) % {"n": len(own)}
        found[row.pk] = [
            (_("How it goes"), row.get_way_display()),
            (_("Equipment"), f"{count} · {things}"),
            (_("Reason"), row.reason),
            (_("Appraisals"), _("; ").join(said[row.pk])),
        ]
    return found


purpose(VALUE, "assets.disposal", gettext_lazy("Disposal of equipment"), ask="ask_approval", amount=lambda row: row.cost, facts=facts)
