"""What follows from the moves of a round, in their transaction."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import ngettext

from logistics.alerts.services import notify, raise_alert
from logistics.alerts.services.deadlines import cancel, meet
from logistics.core.access import holder_ids
from maintenance.checklists.services import unanswered, unproved
from maintenance.findings.services import failed
from maintenance.following import follow_round
from maintenance.models import ChecklistRun, PointVisit, Round, RoundSignature
from maintenance.rounds.services import OVER, failing, tally


def about(walk: Round) -> dict[str, Any]:
    return {"number": walk.number or "", "title": {"zh": walk.title_zh, "en": walk.title_en or walk.title_zh},
            "place": {"zh": walk.place_zh, "en": walk.place_en}}


def lacking(walk: Round) -> list[str]:
    """What still lacks at the points that were visited, in words."""
    visits = {row.point: row for row in PointVisit.objects.filter(round=walk)}
    runs = {run.visit_id: run for run in ChecklistRun.objects.filter(visit__round=walk).select_related("version")}
    answers = photos = 0
    for stop in walk.stops:
        seen = visits.get(stop["key"])
        if seen is None or not stop["version"]:
            continue
        run = runs.get(seen.pk)
        if run is None:
            from maintenance.models import ChecklistItem

            answers += ChecklistItem.objects.filter(version_id=stop["version"], required=True, show_if_key="").count()
            continue
        answers += len(unanswered(run))
        photos += len(unproved(run))
    found = [ngettext("%(n)s answer", "%(n)s answers", answers) % {"n": answers}] if answers else []
    return [*found, *([ngettext("%(n)s photo", "%(n)s photos", photos) % {"n": photos}] if photos else [])]


def submitted(walk: Round, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    """The inspector's own signature; every wrong answer has its danger; those asked to sign are told."""
    tally(walk)
    RoundSignature.objects.create(round=walk, role="inspector", person=walk.submitted_by, at=at)
    for answer in failing(walk).filter(finding_link__isnull=True).select_related("run", "item__version"):
        failed(answer, by=by)
    meet([(OVER, walk)], at=at)
    tell_signers(walk)
    follow_round(walk, "submitted", by=walk.submitted_by, at=at)


def tell_signers(walk: Round) -> None:
    for role in walk.frozen.get("signatures", ()):
        people = set(holder_ids([role], walk.place.ancestors, [walk.team_id] if walk.team_id else []))
        department = walk.place.department
        if role == "department_head" and department is not None and department.head_id:
            people = {department.head_id}
        people.discard(walk.submitted_by_id)
        if people:
            notify(people=people, code="maintenance.round_to_sign", params=about(walk), link=walk.get_absolute_url(), source=walk,
                   dedupe_key=f"maintenance.round_to_sign:{walk.pk}:{role}")


def handed(walk: Round, *, by: Any, at: datetime, event: Any, to: Any, **data: Any) -> None:
    notify(people=[to.pk], code="maintenance.round_yours", params=about(walk), link=walk.get_absolute_url(), source=walk,
           dedupe_key=f"maintenance.round_yours:{event.pk}")


def countersigned(walk: Round, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    if walk.state == "countersigned":
        follow_round(walk, "countersigned", by=by, at=at)


def reviewed(walk: Round, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    follow_round(walk, "reviewed", by=by, at=at)


def missed(walk: Round, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    raise_alert(kind="maintenance.round_missed", key=str(walk.pk), place=walk.place, subject=walk, params=about(walk),
                severity=4 if walk.statutory else None)
    follow_round(walk, "missed", by=None, at=at)


def voided(walk: Round, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    cancel([(OVER, walk)])
    follow_round(walk, "void", by=by, at=at)
