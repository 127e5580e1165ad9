"""Verbs of the obligations: planned ahead by the calendar, moved on by the clock, fulfilled by evidence."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.alerts.duties import DUTIES, Duty, Subject, Window, windows
from logistics.alerts.messages import bilingual
from logistics.alerts.models import Alert, DutyRecord, Heartbeat, Obligation, ObligationRule
from logistics.alerts.services.alerting import clear_alert, raise_alert
from logistics.alerts.services.notices import notify
from logistics.campus.models import CalendarVersion
from logistics.campus.services.calendars import calendar_clock, resolve_version
from logistics.campus.versions import data_of, published_data
from logistics.campus.worktime import CalendarData
from logistics.core import clock
from logistics.core.access import holder_ids
from logistics.core.bilingual import in_both
from logistics.core.errors import NotAllowed
from logistics.core.judged import judge
from logistics.core.models import Event, kind_of
from logistics.core.workflow import Times, perform

log = logging.getLogger(__name__)

AHEAD = timedelta(days=35)
BATCH = 500  # rows that one step of the clock moves at once
HEARTBEAT = "obligations"

INSERT = """
INSERT INTO alerts_obligation AS o (rule_id, code, subject_kind, subject_id, subject_zh, subject_en, place_id, department_id, role,
    responsible_id, period_key, opens_at, due_at, missed_at, state, evidence_kind, evidence_label,
    late_evidence_kind, late_evidence_label, reason)
SELECT r.rule_id, %(code)s, r.kind, r.id, r.zh, r.en, r.place_id, r.department_id, r.role, r.responsible_id,
    r.key, r.opens_at, r.due_at, r.missed_at,
    CASE WHEN %(begun)s AND r.opens_at <= %(now)s THEN 'open' ELSE 'scheduled' END, '', '', '', '', ''
FROM unnest(%(rules)s::bigint[], %(kinds)s::text[], %(ids)s::bigint[], %(zh)s::text[], %(en)s::text[], %(places)s::bigint[],
    %(departments)s::bigint[], %(roles)s::text[], %(people)s::bigint[], %(keys)s::text[], %(opens)s::timestamptz[], %(due)s::timestamptz[],
    %(missed)s::timestamptz[])
    AS r(rule_id, kind, id, zh, en, place_id, department_id, role, responsible_id, key, opens_at, due_at, missed_at)
ORDER BY r.kind, r.id, r.key
ON CONFLICT (code, subject_kind, subject_id, period_key) DO UPDATE SET
    rule_id = EXCLUDED.rule_id, place_id = EXCLUDED.place_id, department_id = EXCLUDED.department_id, role = EXCLUDED.role,
    responsible_id = EXCLUDED.responsible_id, opens_at = EXCLUDED.opens_at, due_at = EXCLUDED.due_at, missed_at = EXCLUDED.missed_at,
    state = 'scheduled', reason = ''
WHERE o.opens_at > %(now)s AND EXCLUDED.opens_at > %(now)s AND (o.state = 'void' OR (o.state = 'scheduled' AND
    (o.rule_id, o.opens_at, o.due_at, o.missed_at, o.role, o.place_id, o.department_id, o.responsible_id) IS DISTINCT FROM
    (EXCLUDED.rule_id, EXCLUDED.opens_at, EXCLUDED.due_at, EXCLUDED.missed_at, EXCLUDED.role, EXCLUDED.place_id, EXCLUDED.department_id,
     EXCLUDED.responsible_id)))
RETURNING o.id
"""
VANISH = """
UPDATE alerts_obligation SET state = 'void', reason = %(reason)s WHERE id IN (
    SELECT o.id FROM alerts_obligation o
    WHERE o.code = %(code)s AND o.state = 'scheduled' AND o.opens_at > %(now)s AND o.opens_at < %(until)s AND o.due_at > %(since)s
    AND NOT EXISTS (SELECT 1 FROM unnest(%(kinds)s::text[], %(ids)s::bigint[], %(keys)s::text[]) AS r(kind, id, key)
        WHERE r.kind = o.subject_kind AND coalesce(r.id, 0) = coalesce(o.subject_id, 0) AND r.key = o.period_key)
    ORDER BY o.id FOR UPDATE)
RETURNING id
"""
STEP = """
UPDATE alerts_obligation SET state = %(to)s WHERE id IN (
    SELECT id FROM alerts_obligation WHERE state = %(origin)s AND {instant} <= %(now)s
    ORDER BY {instant}, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
RETURNING id, {instant}
"""
STEPS = (("open", "scheduled", "open", "opens_at"), ("fall_due", "open", "overdue", "due_at"), ("miss", "overdue", "missed", "missed_at"))


# rules ---------------------------------------------------------------------------------------------------------------
def rules_of(codes: Iterable[str]) -> dict[str, list[ObligationRule]]:
    """The dated rules of each code; a code that never had one gets the shipped rule, valid from today, for the school to edit."""
    wanted = list(codes)
    found: dict[str, list[ObligationRule]] = {code: [] for code in wanted}
    for rule in ObligationRule.objects.filter(code__in=wanted).order_by("code", "during"):
        found[rule.code].append(rule)
    missing = [DUTIES[code] for code in wanted if not found[code] and code in DUTIES]
    for duty in missing:
        found[duty.code] = [ship(duty, clock.today())]
    return found


def ship(duty: Duty, first_day: date) -> ObligationRule:
    """The rule as it is declared, valid from a day on; two at the same time make one."""
    begin, title = DateTimeTZRange(clock.midnight(first_day), None), in_both(lambda: duty.title)
    rule = ObligationRule(
        code=duty.code,
        cadence=duty.cadence,
        opens_s=duty.opens_s,
        due_s=duty.due_s,
        missed_s=duty.missed_s,
        shift=duty.shift,
        role=duty.role,
        severity=duty.severity,
        working_time=duty.working_time,
        during=begin,
        title_zh=title["zh"],
        title_en=title["en"],
        clause=in_both(lambda: duty.clause)["zh"],
    )
    ObligationRule.objects.bulk_create([rule], ignore_conflicts=True)
    return ObligationRule.objects.filter(code=duty.code).order_by("during")[0]


def rule_at(code: str, at: datetime) -> ObligationRule | None:
    """The rule in force; None when the school has ended it, and so does not ask for this duty."""
    return next((rule for rule in rules_of([code])[code] if at in rule.during), None)


# planning ------------------------------------------------------------------------------------------------------------
class Calendars:
    """The calendars in force, loaded once: the days of a place are those of the nearest level that has a calendar for the purpose."""

    def __init__(self, instead: CalendarVersion | None = None) -> None:
        """`instead` stands in for the version in force of its calendar: what would follow from a draft."""
        versions = CalendarVersion.objects.filter(state="published", calendar__default=True).select_related("calendar__place")
        self._by_purpose: dict[str, dict[int, CalendarData]] = {}
        self._roots: set[int] = set()
        for version in versions:
            shown = instead if instead and instead.calendar_id == version.calendar_id else version
            data = data_of(shown) if shown.state == "draft" else published_data(shown)
            self._by_purpose.setdefault(version.calendar.purpose, {})[version.calendar.place_id] = data
            if version.calendar.place.parent_id is None:
                self._roots.add(version.calendar.place_id)

    def of(self, place: Any, purpose: str) -> CalendarData:
        """What stands nowhere goes by the calendar of the school; without any calendar every day is a school day."""
        found = self._by_purpose.get(purpose, {})
        path = place.ancestors if place is not None else [pk for pk in found if pk in self._roots]
        return next((found[pk] for pk in reversed(path) if pk in found), EVERY_DAY)


EVERY_DAY = CalendarData(always_open=True)


@dataclass(frozen=True)
class Planned:
    """One row to be: a window of a rule for a subject."""

    rule: ObligationRule
    subject: Subject
    window: Window


def planned(
    duty: Duty, rules: list[ObligationRule], subjects: Iterable[Subject], calendars: Calendars, since: datetime, until: datetime
) -> dict[tuple[str, int, str], Planned]:
    """What has to be done between two instants, by (kind, id, period). Asks the database nothing."""
    known: dict[tuple[int, int], list[Window]] = {}
    found: dict[tuple[str, int, str], Planned] = {}
    for subject in subjects:
        data = calendars.of(subject.place, duty.calendar)
        kind, pk = (kind_of(subject.record), subject.record.pk) if subject.record is not None else ("", 0)
        for rule in rules:
            if (id(data), rule.pk) not in known:
                known[id(data), rule.pk] = windows(rule, data, since, until, in_holidays=duty.in_holidays)
            for window in known[id(data), rule.pk]:
                found[kind, pk, window.key] = Planned(rule, subject, window)
    return found


def plan(
    code: str, since: datetime, until: datetime, *, calendars: Calendars | None = None, rules: list[ObligationRule] | None = None
) -> int:
    """Write what has to be done between two instants; how many rows are new or changed.

    Run twice, in parallel or after an outage it leaves the same rows. What has not opened yet follows a changed rule or calendar; what the
    calendar no longer asks for becomes void; what has opened stays. Three statements.
    """
    duty = DUTIES[code]
    if duty.subjects is None:
        return 0
    now = clock.now()
    rules = rules_of([code])[code] if rules is None else rules
    rows = planned(duty, rules, duty.subjects(), calendars or Calendars(), since, until)
    with transaction.atomic():
        written = _insert(code, list(rows.values()), now)
        with connection.cursor() as cursor:
            cursor.execute(
                VANISH,
                {
                    "code": code,
                    "now": now,
                    "since": since,
                    "until": until,
                    "kinds": [key[0] for key in rows],
                    "ids": [key[1] or None for key in rows],
                    "keys": [key[2] for key in rows],
                    "reason": _("The calendar or the rule asks for it no more."),
                },
            )
            gone = [row[0] for row in cursor.fetchall()]
        _tell([(pk, now) for pk in gone], "void", "scheduled", "void")
    return len(written) + len(gone)


def plan_all(now: datetime | None = None) -> int:
    """Plan every duty 35 days ahead, from where the last plan stood: an outage leaves no hole."""
    now = now or clock.now()
    last = Heartbeat.objects.filter(name=HEARTBEAT).values_list("at", flat=True).first()
    codes = [duty.code for duty in DUTIES if duty.subjects is not None]
    rules, calendars, since = rules_of(codes), Calendars(), min(last or now, now)
    changed, well = 0, []
    for code in codes:
        try:
            changed += plan(code, since, now + AHEAD, calendars=calendars, rules=rules[code])
            well.append(code)
        except Exception as error:  # one duty that cannot be planned does not stop the others
            log.exception("duty %s cannot be planned", code)
            raise_alert(
                kind="alerts.plan_failed", key=code, params={"duty": code, "error": f"{type(error).__name__}: {error}"[:200]}, at=now
            )
    for key in Alert.objects.filter(kind="alerts.plan_failed", state="open").values_list("dedup_key", flat=True):
        if (code := key.partition(":")[2]) in well:
            clear_alert(kind="alerts.plan_failed", key=code, at=now)
    if len(well) == len(codes):
        Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": now})
    return changed


def _insert(code: str, rows: list[Planned], now: datetime, *, begun: bool = False) -> list[int]:
    """One statement; ids of what was written. `begun`: what is open already is born open (an event)."""
    if not rows:
        return []
    subjects = [row.subject for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "code": code,
                "now": now,
                "begun": begun,
                "rules": [row.rule.pk for row in rows],
                "roles": [row.rule.role for row in rows],
                "kinds": [kind_of(one.record) if one.record is not None else "" for one in subjects],
                "ids": [one.record.pk if one.record is not None else None for one in subjects],
                "zh": [_name(one)["zh"] for one in subjects],
                "en": [_name(one)["en"] for one in subjects],
                "places": [one.place.pk if one.place is not None else None for one in subjects],
                "departments": [one.department.pk if one.department is not None else None for one in subjects],
                "people": [one.responsible_id for one in subjects],
                "keys": [row.window.key for row in rows],
                "opens": [row.window.opens_at for row in rows],
                "due": [row.window.due_at for row in rows],
                "missed": [row.window.missed_at for row in rows],
            },
        )
        return [row[0] for row in cursor.fetchall()]


def _name(subject: Subject) -> dict[str, str]:
    """A record by its two names, cut to what the column holds; one without names by its words."""
    record = subject.record
    if subject.names[0]:
        names = {"zh": subject.names[0], "en": subject.names[1]}
    elif record is None:
        names = {"zh": "", "en": ""}
    elif hasattr(record, "name_zh"):
        names = bilingual(record)
    elif hasattr(record, "title_zh"):
        number = getattr(record, "number", "") or ""
        names = {"zh": f"{number} {record.title_zh}".strip(), "en": f"{number} {record.title_en}".strip() if record.title_en else ""}
    else:
        names = {"zh": str(record), "en": str(record)}
    return {language: text[:120] for language, text in names.items()}


# what follows an event -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Happening:
    """Something happened to a subject that has to be followed up; instants that are not given come from the rule."""

    subject: Subject
    at: datetime
    period: str = ""
    opens: datetime | None = None
    due: datetime | None = None
    missed: datetime | None = None


def schedule(code: str, happenings: Iterable[Happening]) -> int:
    """Lay the duty on whoever has to follow up; once per subject and period. How many are new; none where the school has ended the rule."""
    found = list(happenings)
    if not found:
        return 0
    rules = rules_of([code])[code]
    rows = []
    for one in found:
        rule = next((rule for rule in rules if one.at in rule.during), None)
        if rule is not None:
            rows.append(Planned(rule, one.subject, _window_of(rule, DUTIES[code], one)))
    return len(_insert(code, rows, clock.now(), begun=True))


def _window_of(rule: ObligationRule, duty: Duty, one: Happening) -> Window:
    counts = rule.working_time and one.subject.place is not None
    working = calendar_clock(resolve_version(one.subject.place, duty.calendar, one.at) if counts else None)  # without: round the clock

    def after(seconds: int) -> datetime:
        return working.add_business(one.at, seconds).at if seconds > 0 else one.at + timedelta(seconds=seconds)

    return Window(one.period, one.opens or after(rule.opens_s), one.due or after(rule.due_s), one.missed or after(rule.missed_s))


def call_off(code: str, subjects: Iterable[models.Model], *, reason: str) -> int:
    """What these subjects asked for is not needed any more; what is overdue already stays. How many became void."""
    rows = list(subjects)
    if not rows:
        return 0
    with transaction.atomic():
        live = Obligation.objects.filter(
            code=code, subject_kind=kind_of(rows[0]), subject_id__in=[row.pk for row in rows], state__in=["scheduled", "open"]
        )
        states = dict(live.select_for_update(of=("self",)).order_by("pk").values_list("pk", "state"))
        Obligation.objects.filter(pk__in=states).update(state="void", reason=reason[:500])
        for origin in ("scheduled", "open"):
            _tell([(pk, clock.now()) for pk, state in states.items() if state == origin], "void", origin, "void")
    return len(states)


# the clock -----------------------------------------------------------------------------------------------------------
def advance(now: datetime | None = None) -> int:
    """Open what opens, and note what is due or missed; how many steps were made.

    Set-based, in one transaction per batch: two at once share the rows, one killed in the middle leaves none half done.
    """
    now = now or clock.now()
    done = 0
    for move, origin, to, instant in STEPS:
        while True:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(STEP.format(instant=instant), {"to": to, "origin": origin, "now": now, "batch": BATCH})
                    stepped = cursor.fetchall()
                _tell(stepped, move, origin, to)
                _follow(move, [pk for pk, _at in stepped], now)
            done += len(stepped)
            if len(stepped) < BATCH:
                break
    return done


def _follow(move: str, ids: list[int], now: datetime) -> None:
    """What a step of the clock leads to: what was done before counts, people are told, what is missed is an alert."""
    if not ids:
        return
    rows = Obligation.objects.filter(pk__in=ids).select_related("rule", "place", "department", "responsible").order_by("pk")
    if move == "open":
        early = {duty.code for duty in DUTIES if duty.already}
        for row in rows.filter(code__in=early):
            _done_before(row)
        return
    people: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        params = {
            "title": {"zh": row.rule.title_zh, "en": row.rule.title_en},
            "what": {"zh": row.subject_zh, "en": row.subject_en},
            "due": {"at": row.due_at.isoformat()},
        }
        if move == "miss" and row.rule.severity > 1:
            raise_alert(
                kind="alerts.obligation_missed",
                key=str(row.pk),
                place=row.place,
                subject=row,
                params=params,
                severity=row.rule.severity,
                at=now,
            )
        if move == "fall_due":
            notify(
                people=people_of(row, now, people),
                code="alerts.obligation_overdue",
                params=params,
                link=row.get_absolute_url(),
                source=row,
                dedupe_key=f"obligation:{row.pk}:overdue",
                expires_at=max(row.missed_at, now + timedelta(hours=12)),
            )


def _done_before(row: Obligation) -> None:
    duty = row.declared
    known = duty.already(row) if duty and duty.already else None
    if known and known[0] <= row.due_at:
        at, evidence, by = known
        perform(row, "done", by=None, times=Times(at), evidence=evidence, who=by)


def people_of(row: Obligation, at: datetime, known: dict[tuple[Any, ...], list[int]] | None = None) -> list[int]:
    """Ids of those who have to see to it."""
    if row.responsible_id:
        return [row.responsible_id]
    key = (row.role, row.place_id, row.department_id)
    known = known if known is not None else {}
    if key not in known:
        places = list(row.place.ancestors) if row.place else []
        departments = list(row.department.ancestors) if row.department else []
        known[key] = holder_ids([row.role], places, departments, at)
    return known[key]


def _tell(rows: Iterable[tuple[int, datetime]], move: str, origin: str, to: str) -> None:
    """The timeline: each step at the instant at which it was reached, however late it is written."""
    kind, now = kind_of(Obligation), clock.now()
    Event.objects.bulk_create(
        Event(kind=kind, object_id=pk, move=move, from_state=origin, to_state=to, at=at, recorded_at=now) for pk, at in rows
    )


# evidence ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def fulfil(
    code: str,
    subject: models.Model | None,
    *,
    evidence: models.Model,
    by: Any,
    at: datetime | None = None,
    times: Times | None = None,
    period: str | None = None,
) -> Obligation | None:
    """The evidence of a duty was recorded: it counts for the obligation whose window holds the judging instant.

    `times` carries what the time rule made of an offline record (`logistics.core.judged`); a typed time in it is kept and never believed.
    `period` names the turn where the evidence itself does (the roster of a week): then it may also come before the window opens.
    In time: done. After due: late. After missed: kept beside it, and it stays missed; what was captured in time and comes later is proved.
    None when nothing waits for it.
    """
    times = times or Times(at or clock.now())
    found = _waiting(code, subject, times.judged_at, period)
    if found is None:
        return None
    row = Obligation.objects.select_for_update(of=("self",)).get(pk=found)
    if row.state in ("done_on_time", "done_late", "waived", "void"):
        return None
    _catch_up(row, times.judged_at)
    move = _move_for(row, times.judged_at)
    return perform(row, move, by=None, times=times, evidence=evidence, who=by) if move else None


def _move_for(row: Obligation, judged: datetime) -> str:
    """Which move this evidence makes; "" when there is nothing left to say."""
    if row.state in ("missed", "explained") and not row.opens_at <= judged <= row.missed_at:
        return "" if row.late_evidence_id else "attach"
    if row.state in ("missed", "explained") or (row.state == "overdue" and judged <= row.due_at):
        return "prove"
    return "late" if row.state == "overdue" else "done"


def _waiting(code: str, subject: models.Model | None, at: datetime, period: str | None) -> int | None:
    """The turn that this evidence is for: the named one; the first due one whose window holds the instant; else the latest before it."""
    rows = Obligation.objects.filter(code=code).about(subject)
    if period is not None:
        return rows.filter(period_key=period).values_list("pk", flat=True).first()
    latest = list(rows.filter(opens_at__lte=at).exclude(state__in=["waived", "void"]).order_by("-opens_at", "-pk")[:6])
    held = [row for row in latest if row.missed_at >= at and row.state not in ("done_on_time", "done_late")]
    if held:
        return min(held, key=lambda row: (row.due_at, row.pk)).pk
    return latest[0].pk if latest and latest[0].state not in ("done_on_time", "done_late") else None


def _catch_up(row: Obligation, at: datetime) -> None:
    """The clock may not have passed by yet: what it would have done until the judging instant is done first."""
    for move, origin, to, name in STEPS:
        instant = getattr(row, name)
        if row.state == origin and (instant < at if name != "opens_at" else instant <= at):
            perform(row, move, by=None, times=Times(instant))
            row.state = to
            if move == "miss":
                _follow(move, [row.pk], clock.now())


@transaction.atomic
def record_look(
    *,
    obligation: Obligation,
    by: Any,
    note: str = "",
    occurred_at: datetime | None = None,
    captured_at: datetime | None = None,
    skew_s: float | None = None,
) -> DutyRecord:
    """Somebody has looked at what the duty asks to look at; what there was to see is kept, and the time rule judges when it was."""
    duty = obligation.declared
    if duty is None or duty.evidence.url is not None:
        raise ValidationError(_("The evidence of this duty comes from elsewhere."))
    if not Obligation.objects.filter(pk=obligation.pk).mine(by).exists():
        raise NotAllowed(_("This duty is somebody else's."), [obligation.role_label])
    if obligation.opens_at > clock.now():
        raise ValidationError(_("It opens %(when)s.") % {"when": timezone.localtime(obligation.opens_at).strftime("%Y-%m-%d %H:%M")})
    recorded_at = clock.now()
    judged = judge(occurred_at, captured_at, recorded_at, skew_s, obligation.rule.max_backfill_s)
    zh, en = duty.evidence.finding(obligation, by) if duty.evidence.finding else ("", "")
    record = DutyRecord.objects.create(
        obligation=obligation,
        finding_zh=zh[:300],
        finding_en=en[:300],
        note=note,
        by=by,
        occurred_at=occurred_at,
        captured_at=captured_at,
        recorded_at=recorded_at,
        judged_at=judged.at,
        flags=sorted(judged.flags),
    )
    subject = _subject(obligation)
    fulfil(obligation.code, subject, evidence=record, by=by, times=Times(judged.at, occurred_at, captured_at), period=obligation.period_key)
    return record


def _subject(obligation: Obligation) -> models.Model | None:
    from django.apps import apps

    if not obligation.subject_kind:
        return None
    return apps.get_model(obligation.subject_kind)(pk=obligation.subject_id)


def what_changes(draft: CalendarVersion) -> tuple[int, int]:
    """(come, go): how many turns of the next 35 days publishing a draft calendar would bring and take away."""
    now = clock.now()
    codes = [duty.code for duty in DUTIES if duty.subjects is not None]
    rules, before, after = rules_of(codes), Calendars(), Calendars(instead=draft)
    come = go = 0
    for code in codes:
        duty = DUTIES[code]
        subjects = list(duty.subjects())  # type: ignore[misc]
        old = {key for key, row in planned(duty, rules[code], subjects, before, now, now + AHEAD).items() if row.window.opens_at > now}
        new = {key for key, row in planned(duty, rules[code], subjects, after, now, now + AHEAD).items() if row.window.opens_at > now}
        come, go = come + len(new - old), go + len(old - new)
    return come, go
