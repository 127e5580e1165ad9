"""Condition and renewal on the page of a thing."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from assets.renewal import services
from assets.renewal.models import ConditionGrade, RenewalItem
from assets.renewal.scoring import score
from assets.renewal.words import bars
from logistics.core.access import access_of
from logistics.core.publishing import widget


@widget("assets.renewal", "record:assets.Equipment", _("Renewal"), order=60, permission="assets.renewalitem:view")
def of_equipment(request: Any, record: Any = None) -> str:
    """Its score of today, its latest grade, and where it stands on the list."""
    access = access_of(request.user)
    if not access.may("assets.renewalitem:view", record) or record.status in ("planned", "disposed"):
        return ""
    weights = services.as_weights(services.weights_at())
    facts = services.facts_of([record])[record.pk]
    one = score(facts, weights)
    item = RenewalItem.objects.visible_to(request.user).open().filter(equipment=record).first()
    grade = ConditionGrade(grade=facts.grade, graded_on=facts.graded_on) if facts.grade is not None else None
    return render_to_string(
        "assets/renewal/_of_equipment.html",
        {
            "thing": record,
            "score": one,
            "known": round(one.coverage * 100),
            "bars": bars(one.parts, weights),
            "item": item,
            "grade": grade,
            "may_grade": access.may("assets.conditiongrade:add", record),
            "may_add": access.may("assets.renewalitem:add", record),
        },
    )
