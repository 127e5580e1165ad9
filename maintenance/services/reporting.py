"""Reporting: the one door for people, guests, devices and upper apps (facilities.md 5.1)."""
from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext as _

from logistics.campus.services.places import begin_to_use
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import Conflict, TooMany
from logistics.core.idempotency import once
from logistics.core.limits.declared import in_force
from logistics.core.models import Comment, kind_of
from logistics.core.numbers import assign_number
from logistics.core.photos import attach
from logistics.core.ratelimit import hit
from logistics.core.records.comments import publish
from logistics.core.workflow import Times, lock_all, perform, write_event
from maintenance import messages, orders
from maintenance.limits import DUPLICATE_DAYS, GUEST_SOURCE, GUEST_TAG
from maintenance.models import (
    Clock,
    GuestContact,
    RepairCategory,
    RepairRequest,
    Symptom,
    WorkOrder,
)
from maintenance.stops import MENDING

HOUR = 3600
GUEST_MOVES = frozenset({"confirm", "dispute", "answer", "withdraw", "appeal"})


@dataclass(frozen=True)
class Duplicate:
    """An open report of the same thing: how many reported it, where it stands, when it should be done. No reporter's words."""

    root: RepairRequest
    people: int
    due_at: Any
    provisional: bool = False  # that day is an estimate

    @property
    def title(self) -> str:
        return self.root.title

    @property
    def state(self) -> Any:
        """What a reporter needs to know: the state of the work once there is some."""
        order = self.root.work_order
        return type(order).workflow.state(order) if order else type(self.root).workflow.state(self.root)


def same_thing(place: Any, equipment: Any = None, category: RepairCategory | None = None) -> Q:
    """Same equipment, or this place, its room or its spots (with the same or a sibling category)."""
    near = Q(place_id=place.pk) | Q(place__parent_id=place.pk, place__kind__in=["room", "spot"])
    if place.kind in ("room", "spot") and place.parent_id:
        near |= Q(place_id=place.parent_id, place__kind="room")
    if category is not None:
        siblings = {category.pk} | ({category.parent_id} if category.parent_id else set())
        near &= Q(category_id__in=siblings) | (
            Q(category__parent_id=category.parent_id) if category.parent_id else Q(category__parent_id=category.pk)
        )
    return near | Q(equipment=equipment) if equipment is not None else near


def open_reports(place: Any, equipment: Any = None, category: RepairCategory | None = None, limit_to: int = 3) -> list[Duplicate]:
    """Open reports of the same thing, newest first; one statement."""
    clocks = Clock.objects.filter(order=OuterRef("work_order"), kind="resolve")
    estimate = Q(calendar_version__confirmed_until=None) | Q(due_at__date__gt=F("calendar_version__confirmed_until"))
    about = Exists(clocks.filter(estimate, calendar_version__calendar__always_open=False))
    rows = (
        RepairRequest.objects.roots().open().filter(same_thing(place, equipment, category))
        .annotate(days=DUPLICATE_DAYS.in_sql(), others=Count("joined"), due_at=Subquery(clocks.values("due_at")[:1]), about=about)
        .filter(submitted_at__gte=Value(clock.now()) - F("days") * Value(timedelta(days=1)))
        .select_related("work_order", "category").order_by("-submitted_at", "-pk")[:limit_to]
    )
    return [Duplicate(row, row.others + 1, row.due_at, row.about) for row in rows]


def known_work(place: Any, equipment: Any = None, category: RepairCategory | None = None, limit_to: int = 3) -> list[WorkOrder]:
    """Open repairs of the same thing that nobody has reported (found on a round, by upkeep, in an outage), newest first; one statement."""
    rows = (
        WorkOrder.objects.open().filter(same_thing(place, equipment, category), kind__in=MENDING).annotate(days=DUPLICATE_DAYS.in_sql())
        .filter(reported_at__gte=Value(clock.now()) - F("days") * Value(timedelta(days=1)))
        .exclude(Exists(RepairRequest.objects.filter(work_order=OuterRef("pk"))))
    )
    return list(rows.order_by("-reported_at", "-pk")[:limit_to])


def duplicates(*, place: Any, category: RepairCategory, equipment: Any = None) -> list[Duplicate]:
    """At most three candidates, newest first."""
    return open_reports(place, equipment, category)


def report(*, place: Any, by: Any, symptom: Symptom | None = None, category: RepairCategory | None = None, description: str = "",
           equipment: Any = None, channel: str = "web", reporter: Any = None, access: str = "anytime", access_note: str = "",
           stops_use: bool = False, urgency_reported: int | None = None, answers: Any = (), join_to: RepairRequest | None = None,
           join_order: WorkOrder | None = None, photos: Iterable[Any] = (), client_uid: Any = None,
           guest: dict[str, str] | None = None, times: Times | None = None,
           source: Any = None) -> tuple[RepairRequest, bool]:
    """Take down what is broken, once per client key: (request, made now).

    `by` is who types it (None: a guest or the system); `reporter` who saw it (default: `by`). A hazard becomes a P1 order and an
    alert in the same transaction. `photos` are cleaned ones. `source` is the record that opens it (an alert, a lesson, a machine): as
    long as its report is open, it is that one.
    """
    if source is not None and (already := opened_by(source).open().first()):
        return already, False
    category = category or (symptom.category if symptom else None)
    if category is None:
        raise ValidationError({"symptom": _("Choose what is wrong.")})
    if place.kind in ("school", "campus"):
        raise ValidationError({"place": _("Choose a room or a spot, not a whole campus.")})
    if not (symptom or description.strip()):
        raise ValidationError({"description": _("Say in a few words what is wrong.")})
    pictures = list(photos)
    content = [
        "report",
        place,
        symptom,
        category,
        description,
        equipment,
        reporter,
        access,
        urgency_reported,
        *([answers] if answers else []),
        join_to,
        *([join_order] if join_order is not None else []),
        [one.sha256 for one in pictures],
        guest,
    ]

    def act() -> RepairRequest:
        with transaction.atomic():
            return _write(
                place=place,
                by=by,
                symptom=symptom,
                category=category,
                description=description.strip(),
                equipment=equipment,
                channel=channel,
                reporter=reporter or by,
                access=access,
                access_note=access_note,
                stops_use=stops_use,
                urgency_reported=urgency_reported,
                answers=list(answers),
                join_to=join_to,
                join_order=join_order,
                pictures=pictures,
                guest=guest,
                times=times,
                source_kind=kind_of(source) if source is not None else "",
                source_id=source.pk if source is not None else None,
            )

    request, made = once(client_uid, by, content, act)
    assert isinstance(request, RepairRequest)
    return request, made


def opened_by(source: Any) -> Any:
    """The reports that a record of another app opened."""
    return RepairRequest.objects.filter(source_kind=kind_of(source), source_id=source.pk)


def _write(*, place: Any, by: Any, symptom: Symptom | None, category: RepairCategory, description: str, join_to: RepairRequest | None,
           join_order: WorkOrder | None,
           pictures: list[Any], guest: dict[str, str] | None, reporter: Any, times: Times | None, **fields: Any) -> RepairRequest:
    title = symptom or category
    request = RepairRequest(
        reporter=reporter, taken_by=by if by is not None and reporter is not None and by.pk != reporter.pk else None, category=category,
        symptom=symptom, title_zh=title.name_zh, title_en=title.name_en, description=description,
        hazard=symptom.hazard if symptom else "none", submitted_at=clock.now(), **fields,
    )
    begin_to_use(place)
    orders.stand(request, place)
    root: Any = None
    if join_to is not None:
        known = RepairRequest.objects.select_related("work_order").get(pk=join_to.joined_to_id or join_to.pk)
        root = lock_all([known, *([known.work_order] if known.work_order else [])])[0]
        if not root.open:
            raise Conflict(_("That report has just ended. Send yours as a new one."))
        request.joined_to = root
    request.save()
    seen = Times(request.submitted_at, times.occurred_at, times.captured_at) if times else None  # a promise begins when we are told
    write_event(request, "report", by=by, to_state="submitted", text=description, times=seen)
    if pictures:
        attach(request, pictures, by=by, role="fault")
    if guest is not None:
        GuestContact.objects.create(
            request=request, name=guest.get("name", ""), phone=guest.get("phone", ""), token_hash=guest["token_hash"]
        )
    orders.start_request_clock(request)
    if join_order is not None:  # refused when it has ended meanwhile
        perform(request, "accept", by=None, order=join_order)
    elif root is not None and root.work_order_id:
        perform(request, "accept", by=None, order=root.work_order)
    elif request.hazard != "none" or (root is None and orders.decided_by_rule(request, request.submitted_at)):
        perform(request, "accept", by=None)
    elif root is None:
        messages.dispatchers(request, "maintenance.new", by=by)
    assign_number(request, "BX")
    request.refresh_from_db()
    return request


# guests ------------------------------------------------------------------------------------------------------------
def guest_limits(source: str, tag: str) -> None:
    """Refuse a guest who reports too often; the answer names the hotline."""
    for key, most in zip((f"guest:{source}", f"tag:{tag}"), in_force(GUEST_SOURCE, GUEST_TAG), strict=True):
        allowed = hit(key, most, HOUR)
        if not allowed.ok:
            raise TooMany(_("Too many reports from here within an hour. Call the hotline if it is urgent."), allowed.retry_after_s)


def report_as_guest(*, place: Any, source: str, tag: str, name: str = "", phone: str = "", client_uid: Any = None, **content: Any
                    ) -> tuple[RepairRequest, str]:
    """A report without sign-in, at public places only: (request, secret token of the link that follows it)."""
    if not place.public:
        raise ValidationError({"place": _("Sign in to report something here.")})
    guest_limits(source, tag)
    token = guest_token(client_uid) if client_uid else secrets.token_urlsafe(24)
    guest = {"name": name, "phone": phone, "token_hash": hash_of(token)}
    request, _made = report(place=place, by=None, channel="qr", guest=guest, client_uid=client_uid, **content)
    return request, token


def guest_token(client_uid: Any) -> str:
    """The same act gets the same link, without keeping the token."""
    from django.utils.crypto import salted_hmac

    return salted_hmac("guest-report", str(client_uid), algorithm="sha256").hexdigest()[:40]


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def request_by_token(token: str) -> RepairRequest | None:
    """The report that a guest's secret link follows."""
    rows = RepairRequest.objects.select_related("work_order__lead", "category", "symptom", "place")
    return rows.filter(guest__token_hash=hash_of(token)).first()


def contact_of(request: RepairRequest, person: Any) -> GuestContact | None:
    """How to reach the guest behind a report, for the desk alone."""
    if request.reporter_id is not None or not access_of(person).may("maintenance.repairrequest:contact", request):
        return None
    return GuestContact.objects.filter(request=request).first()


def words_about(request: RepairRequest) -> models.QuerySet[Comment]:
    """What may be read by whoever reported: words on the report and on its order, but for those among colleagues."""
    about = Q(kind="maintenance.repairrequest", object_id=request.pk)
    about |= Q(kind="maintenance.workorder", object_id=request.work_order_id or 0)
    return Comment.objects.filter(about, internal=False, withdrawn_at__isnull=True).order_by("at", "id")


def guest_writes(request: RepairRequest, text: str, *, source: str, client_uid: Any = None) -> Comment:
    """A guest's word to the workshop through the secret link, as often as guests may report; it bears no name."""
    guest_limits(source, f"words:{request.pk}")

    def act() -> Comment:
        made = Comment(kind=kind_of(request), object_id=request.pk, text=text.strip(), by=None, at=clock.now())
        publish([(request, made)])
        return made

    return once(client_uid, None, ["guest-writes", request, text], act)[0]  # type: ignore[return-value]


def as_reporter(request: RepairRequest, move: str, **data: Any) -> RepairRequest:
    """A guest's own answer through the secret link: confirm, dispute, answer, withdraw, appeal."""
    if request.reporter_id is not None or move not in GUEST_MOVES:
        raise ValidationError(_("This link cannot do that."))
    return perform(request, move, by=None, **data)
