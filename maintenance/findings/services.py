"""Opening hidden dangers: the one door for all apps, and what a wrong answer brings about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from assets import services as register
from logistics.alerts.services import notify, raise_alert
from logistics.alerts.services.deadlines import arm
from logistics.campus.services.places import close_place
from logistics.core import clock
from logistics.core.access import holder_ids
from logistics.core.models import kind_of
from logistics.core.numbers import assign_number
from logistics.core.photos import attach
from logistics.core.workflow import Times, perform, write_event
from maintenance import orders
from maintenance.findings.limits import deadline
from maintenance.findings.models import Domain, Finding, FindingAnswer
from maintenance.findings.querysets import OPEN_STATES
from maintenance.models import Checklist, ChecklistItem, ChecklistRun, ItemAnswer, PointVisit, RepairCategory, WorkOrder

DUE, ESCALATE, RISK_OVER = "maintenance.finding_due", "maintenance.finding_up", "maintenance.finding_risk_over"
RECHECK = "recheck"  # the checklist by which a danger found without one is looked at again


def same_key(item: ChecklistItem) -> str:
    """The same question in every version of its checklist."""
    return f"{item.version.checklist_id}:{item.key}"


@transaction.atomic
def open_finding(
    *,
    title_zh: str,
    place: Any,
    by: Any,
    title_en: str = "",
    equipment: Any = None,
    domain: str = Domain.OTHER,
    severity: str = "minor",
    level: str = "general",
    description: str = "",
    source: Any = None,
    item: ChecklistItem | None = None,
    responsible: Any = None,
    department: Any = None,
    lock: str = "none",
    close: str = "none",
    category: RepairCategory | None = None,
    priority: str = "",
    tell: str = "",
    at: datetime | None = None,
    photos: Any = (),
    group: Any = None,
) -> Finding:
    """Enter a hidden danger, with all that it brings about, in one transaction: deadline, lock, closure, alert, work order, number.

    `by` None is the system. `item`: the question that failed; while a danger of the same question and target is open, that one is
    returned instead of a second. `lock` and `close` are "none", "restricted", or "locked" / "closed". `category` with `priority` makes
    a work order of kind defect; dangers of one `group` (a round) and question share it. `tell`: a role told at once.
    """
    now = at or clock.now()
    key = same_key(item) if item is not None else ""
    known = _open_same(key, equipment, place)
    if known is not None:
        return known
    finding = Finding(
        title_zh=title_zh[:120],
        title_en=(title_en or title_zh)[:120],
        equipment=equipment,
        domain=domain,
        severity=severity,
        level=level,
        description=description[:2000],
        item=item or _recheck_item(),
        same_key=key,
        found_at=now,
        found_by=by,
        responsible=responsible,
        department=department,
        rectify_by=deadline(severity, now),
        source_kind=kind_of(source) if source is not None else "",
        source_id=source.pk if source is not None else None,
    )
    orders.stand(finding, place)
    finding.full_clean(exclude=["number"])
    try:
        with transaction.atomic():
            finding.save()
    except IntegrityError as error:
        known = _open_same(key, equipment, place) if "finding_one_open" in str(error) else None
        if known is None:
            raise
        return known
    write_event(finding, "open", by=by, to_state="open", text=description[:2000], times=Times(now))
    if photos:
        attach(finding, photos, by=by, role="fault")
    _keep_away(finding, lock, close, by)
    _sound(finding, tell)
    watch(finding)
    if category is not None:
        order_for(finding, category=category, priority=priority or "P3", by=by, group=group)
    assign_number(finding, "YH")
    return finding


def _open_same(key: str, equipment: Any, place: Any) -> Finding | None:
    """The open danger of the same question and target, locked."""
    if not key:
        return None
    at = {"equipment": equipment} if equipment is not None else {"equipment": None, "place": place}
    return Finding.objects.select_for_update(of=("self",)).filter(same_key=key, state__in=OPEN_STATES, **at).first()


def _recheck_item() -> ChecklistItem:
    """The one question by which dangers that were found without a checklist are looked at again."""
    from maintenance.checklists.services import make_checklist

    found = Checklist.objects.filter(code=RECHECK).first()
    if found is None:
        try:
            with transaction.atomic():
                found = make_checklist(
                    code=RECHECK,
                    name_zh="隐患复查",
                    name_en="Look again at a danger",
                    items=[
                        {
                            "text_zh": "隐患已消除，现场安全",
                            "text_en": "The danger is gone and the place is safe",
                            "evidence": "photo_on_fail",
                        }
                    ],
                )
        except IntegrityError:  # somebody else made it this instant
            found = Checklist.objects.get(code=RECHECK)
    version = found.current
    assert version is not None
    item: ChecklistItem = version.items.earliest("order")
    return item


def _keep_away(finding: Finding, lock: str, close: str, by: Any) -> None:
    """Lock the thing and close the place as the item says; both stand until the danger is verified as gone."""
    why = {"reason": finding.title_zh[:180], "reason_en": finding.title_en[:180]}
    if finding.equipment is not None and lock != "none":
        register.open_lock(equipment=finding.equipment, level=lock, cause="finding", **why, source=finding, by=None)
    if close != "none":
        close_place(place=finding.place, level=close, **why, by=by, source=finding)


def about(finding: Finding) -> dict[str, Any]:
    return {"title": {"zh": finding.title_zh, "en": finding.title_en}, "place": {"zh": finding.place_zh, "en": finding.place_en}}


def _sound(finding: Finding, tell: str) -> None:
    """A critical danger raises its alert; it and a major one reach the director and the principal at once."""
    if finding.severity == "critical":
        raise_alert(
            kind="maintenance.finding_critical",
            key=str(finding.pk),
            place=finding.place,
            subject=finding,
            params=about(finding),
            at=finding.found_at,
        )
    if finding.severity == "critical" or finding.level == "major":
        tell_heads(finding)
    if tell:
        inform(finding, holder_ids([tell], finding.place.ancestors, []), "maintenance.finding_told")


def tell_heads(finding: Finding) -> None:
    heads = holder_ids(["principal", "safety_director", "logistics_director"], finding.place.ancestors, [])
    inform(finding, heads, "maintenance.finding_grave", importance="urgent")


def inform(finding: Finding, people: Any, code: str, *, key: str = "", importance: str = "normal", **more: Any) -> None:
    """Tell people (ids) about a danger, each once."""
    if people:
        notify(
            people=people,
            code=code,
            params={**about(finding), **more},
            link=finding.get_absolute_url(),
            source=finding,
            dedupe_key=f"{code}:{finding.pk}:{key}",
            importance=importance,
        )


def watch(finding: Finding) -> None:
    """Its deadline, and when it goes up to the director."""
    from datetime import timedelta

    from maintenance.findings.limits import ESCALATE_HOURS

    if finding.rectify_by is not None:
        arm([(DUE, finding, finding.rectify_by), (ESCALATE, finding, finding.rectify_by + timedelta(hours=ESCALATE_HOURS.value()))])


# work orders -----------------------------------------------------------------------------------------------------------
def order_for(finding: Finding, *, category: RepairCategory, priority: str, by: Any, group: Any = None) -> WorkOrder:
    """A work order of kind defect with proof; failings of one question in one round are put right together."""
    order = _shared_order(finding, group)
    if order is None:
        order = orders.make(
            by=by,
            place=finding.place,
            category=category,
            title_zh=f"整改：{finding.title_zh}"[:120],
            title_en=f"Rectify: {finding.title_en}"[:120],
            kind=WorkOrder.Kind.DEFECT,
            priority=priority,
            impact=1 if priority == "P1" else 3,
            urgency=int(priority[1]),
            equipment=finding.equipment,
            source=group or finding,
            proof=category.proof if category.proof != "none" else "after_photo",
        )
    elif order.equipment_id != getattr(finding.equipment, "pk", None) or order.place_id != finding.place.pk:
        order.equipment = None
        orders.stand(order, getattr(group, "place", None) or finding.place)
        order.priority = min(order.priority, priority)
        order.save()
    finding.work_order = order
    Finding.objects.filter(pk=finding.pk).update(work_order=order)
    return order


def _shared_order(finding: Finding, group: Any) -> WorkOrder | None:
    if group is None or not finding.same_key:
        return None
    others = Finding.objects.filter(same_key=finding.same_key, work_order__source_kind=kind_of(group), work_order__source_id=group.pk)
    pk = (
        others.exclude(pk=finding.pk)
        .filter(work_order__state__in=["open", "assigned", "accepted"])
        .values_list("work_order", flat=True)
        .first()
    )
    return (
        WorkOrder.objects.select_for_update(of=("self",)).filter(pk=pk, state__in=["open", "assigned", "accepted"]).first() if pk else None
    )


def category_for(equipment: Any) -> RepairCategory | None:
    """Who mends such a thing: the category of its trade, else the general one."""
    rows = RepairCategory.objects.filter(active=True).order_by("parent_id", "code")
    trade = equipment.category.trade if equipment is not None else ""
    return (rows.filter(trade=trade).first() if trade else None) or rows.filter(code="other").first() or rows.first()


# wrong answers ---------------------------------------------------------------------------------------------------------
def failed(answer: ItemAnswer, *, by: Any) -> Finding:
    """A wrong answer: its danger is opened with all that follows, or the open one of the same item and target is noted again."""
    run = answer.run
    finding = run.finding or _from_answer(answer, run, by)
    FindingAnswer.objects.create(finding=finding, answer=answer, at=answer.judged_at)
    if finding.source_id != answer.pk or finding.source_kind != kind_of(answer):
        write_event(finding, "seen_again", by=by, text=answer.note, times=Times(answer.judged_at), data={"value": answer.value})
    return finding


def _from_answer(answer: ItemAnswer, run: ChecklistRun, by: Any) -> Finding:
    item = answer.item
    visit: PointVisit | None = run.visit
    walked = visit.round if visit is not None else None
    what_zh, what_en = as_found(item, answer.value)
    target_zh, target_en = (run.equipment.name_zh, run.equipment.name_en) if run.equipment is not None else ("", "")
    return open_finding(
        title_zh="：".join(part for part in (target_zh, f"{item.text_zh}{what_zh}") if part),
        title_en=": ".join(part for part in (target_en or target_zh, f"{item.text_en or item.text_zh}{what_en}") if part),
        place=run.place,
        equipment=run.equipment,
        by=by,
        domain=walked.domain if walked is not None else Domain.EQUIPMENT,
        severity=item.fail_severity,
        description=answer.note,
        source=answer,
        item=item,
        lock=item.fail_lock,
        close=item.fail_close,
        category=category_for(run.equipment) if item.fail_order else None,
        priority=item.fail_priority,
        tell=item.fail_notify,
        at=answer.judged_at,
        group=walked,
    )


def as_found(item: ChecklistItem, value: str) -> tuple[str, str]:
    """The value found, in Chinese and English; "" where the words of the item say enough."""
    if item.measures:
        return f"（{value} {item.unit}）".replace(" ）", "）"), f" ({value} {item.unit})".replace(" )", ")")
    if item.type == item.Type.CHOICE:
        english = next((en or zh for zh, en, _right in item.choices if zh == value), value)
        return f"（{value}）", f" ({english})"
    if item.type == item.Type.PASS_FAIL:  # the item says how it should be; the danger is that it is not
        return "（不合格）", " (not as it should be)"
    return "", ""


# looking again ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def look_again(
    *,
    finding: Finding,
    value: str,
    by: Any,
    note: str = "",
    photos: Any = (),
    times: Times | None = None,
    client_uid: Any = None,
    photos_follow: bool = False,
) -> ItemAnswer:
    """Answer the item of a danger again, at the danger itself; by this answer it is verified or rejected."""
    from maintenance.checklists.services import answer

    item = finding.item
    assert item is not None
    run, _made = ChecklistRun.objects.get_or_create(
        finding=finding, version=item.version, defaults={"place": finding.place, "equipment": finding.equipment}
    )
    return answer(
        run=run, item=item, value=value, by=by, note=note, photos=photos, times=times, client_uid=client_uid, photos_follow=photos_follow
    )


@transaction.atomic
def recheck(
    *,
    finding: Finding,
    value: str,
    by: Any,
    note: str = "",
    photos: Any = (),
    times: Times | None = None,
    client_uid: Any = None,
    photos_follow: bool = False,
) -> Finding:
    """Look again and decide: a right answer verifies the danger as gone, a wrong one sends it back."""
    from logistics.core.workflow import lock_all
    from maintenance.findings.workflow import FINDINGS, own_work

    locked = lock_all([finding, *([finding.work_order] if finding.work_order is not None else [])])[0]
    finding = locked  # type: ignore[assignment]
    _may_recheck(finding, by, FINDINGS, own_work(finding, by))
    given = look_again(
        finding=finding, value=value, by=by, note=note, photos=photos, times=times, client_uid=client_uid, photos_follow=photos_follow
    )
    if given.verdict == "pass":
        return perform(finding, "verify", by=by, times=times)
    reason = note or str(_("The item failed again."))
    return perform(finding, "reject", by=by, times=times, reason=reason)


def _may_recheck(finding: Finding, by: Any, flow: Any, against: str | None) -> None:
    """Refuse before anything is written."""
    from django.core.exceptions import ValidationError

    from logistics.core.errors import Conflict, NotAllowed
    from logistics.core.workflow import may_move, who_may

    if finding.state != "rectified":
        raise Conflict(str(_("It is not reported as rectified.")))
    if not may_move(flow.moves["verify"], finding, by)[0]:
        raise NotAllowed(str(_("You may not verify this.")), who_may(flow.moves["verify"]))
    if against:
        raise ValidationError(against, code="guard")
