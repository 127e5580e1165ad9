"""The figures of the repair service (facilities.md 6): each with its cohort, its rows and one statement for any grain."""

from __future__ import annotations

from datetime import timedelta
from statistics import mean, median, quantiles
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Avg, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Extract
from django.utils.translation import gettext_lazy as _

from logistics.campus.models import Place
from logistics.campus.services.calendars import calendar_clock, resolve_version
from logistics.core import clock as watch
from logistics.core.models import Comment, Event
from logistics.core.publishing import Figure, measure
from maintenance.limits import REOPEN_DAYS
from maintenance.models import Clock, Hold, Rating, RepairRequest, WorkOrder
from maintenance.spans import ORDERS, REQUESTS, Percentile, Span, figures, rows_url, share

VIEW = "maintenance.workorder:view"
ORDER, REQUEST = "maintenance.workorder", "maintenance.repairrequest"
REQUEST_LIST = "maintenance:repairrequest-list"
CLOCK_PATHS = {name: f"order__{path}" for name, path in ORDERS.items()}


def visible(person: Any, place: Any = None, category: Any = None) -> Any:
    """Orders that this person may read (None: the school itself, all), at a place."""
    rows = WorkOrder.objects.all() if person is None else WorkOrder.objects.visible_to(person)
    if category is not None:
        rows = rows.filter(category=category)
    return rows.at(place) if place is not None else rows


def reports(person: Any, place: Any = None) -> Any:
    rows = RepairRequest.objects.visible_to(person)
    return rows.at(place) if place is not None else rows


def within(path: str, span: Span) -> Q:
    return Q(**{f"{path}__gte": span[0], f"{path}__lt": span[1]})


def told(kind: str, *moves: str, of: str = "pk") -> QuerySet:
    """What people did to the record: events by a person, oldest first."""
    return Event.objects.filter(kind=kind, object_id=OuterRef(of), move__in=moves).order_by("at")


# on time -----------------------------------------------------------------------------------------------------------------
MET = Q(met_at__isnull=False, breached_at__isnull=True)


def overdue() -> Q:
    return Q(breached_at__isnull=False) | Q(running=True, due_at__lt=watch.now())


def of(orders: QuerySet, rows: QuerySet) -> QuerySet:
    """Clocks of these orders; whoever may read all of them need not be asked about each."""
    return rows.filter(order__in=orders) if orders.query.where else rows.filter(order__isnull=False)


def clocks(person: Any, span: Span, kind: str, place: Any = None) -> QuerySet:
    """Clocks of orders due in the window that were met or passed; one still in time stays outside."""
    return of(visible(person, place), Clock.objects.filter(within("due_at", span), kind=kind).filter(MET | overdue()))


def _share_on_time(code: str, kind: str, person: Any, span: Span, by: str, place: Any) -> Any:
    counts = {"met": Count("due_at", filter=MET), "late": Count("due_at", filter=overdue())}  # all of it stands in one index
    return figures(
        clocks(person, span, kind, place),
        by,
        CLOCK_PATHS,
        counts,
        lambda row: Figure(share(row["met"], row["met"] + row["late"]), row["met"] + row["late"], row, rows_url(code, span)),
    )


def _rows_on_time(kind: str) -> Any:
    return lambda person, span: visible(person).filter(Exists(clocks(person, span, kind).filter(order=OuterRef("pk"))))


@measure(
    "maintenance.on_time",
    _("Repairs on time"),
    unit="%",
    direction="up",
    permission=VIEW,
    rows=_rows_on_time("resolve"),
    definition=_(
        "Repairs finished within the promised time, of all whose time ran out in the period; those still in time are not "
        "counted, one cancelled after its time is late."
    ),
)
def on_time(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    return _share_on_time("on_time", "resolve", person, span, by, place)


@measure(
    "maintenance.response_on_time",
    _("Answers on time"),
    unit="%",
    direction="up",
    permission=VIEW,
    rows=_rows_on_time("response"),
    definition=_("Orders taken by somebody within the promised time, of all whose time ran out in the period."),
)
def response_on_time(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    return _share_on_time("response_on_time", "response", person, span, by, place)


def released(person: Any, span: Span) -> Any:
    return visible(person).filter(within("released_at", span))


@measure(
    "maintenance.clock_coverage",
    _("Orders with a clock"),
    unit="%",
    direction="up",
    permission=VIEW,
    rows=released,
    definition=_("Orders released in the period that have a clock for the repair, of all released."),
)
def clock_coverage(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    rows = visible(person, place).filter(within("released_at", span))
    counts = {"n": Count("pk"), "with_clock": Count("pk", filter=Exists(Clock.objects.filter(order=OuterRef("pk"), kind="resolve")))}
    return figures(
        rows, by, ORDERS, counts, lambda row: Figure(share(row["with_clock"], row["n"]), row["n"], row, rows_url("clock_coverage", span))
    )


WAITED_FOR = ("corrective", "defect", "service")


def school_clock(span: Span) -> Any:
    """The working time of the school; round the clock where it has no calendar."""
    school = Place.objects.filter(parent__isnull=True).order_by("pk").first()
    return calendar_clock(resolve_version(school, "duty", span[0]) if school else None)


def spread(values: list[float]) -> dict[str, float | None]:
    """What a mean hides: the middle one, and what the slowest tenth exceeds."""
    if not values:
        return {"median": None, "p90": None}
    return {"median": median(values), "p90": quantiles(values, n=10, method="inclusive")[8] if len(values) > 1 else values[0]}


# how long ----------------------------------------------------------------------------------------------------------------
def submitted(person: Any, span: Span) -> Any:
    return reports(person).filter(within("submitted_at", span))


@measure(
    "maintenance.first_response",
    _("Time to the first answer"),
    unit="h",
    direction="down",
    permission=VIEW,
    rows=submitted,
    definition=_(
        "Working hours from the report until a person asked, accepted, rejected, assigned or wrote; mean of the reports of the "
        "period. What a rule did does not count; reports without an answer are named beside."
    ),
)
def first_response(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    """One statement; the working time between two instants is counted by the calendar of the school."""
    own = told(REQUEST, "ask", "accept", "reject").filter(by__isnull=False)
    given = told(ORDER, "assign", "assign_firm", "claim", of="work_order_id").filter(by__isnull=False)
    word = (
        Comment.objects.filter(kind=REQUEST, object_id=OuterRef("pk"), withdrawn_at__isnull=True)
        .exclude(by=OuterRef("reporter"))
        .order_by("at")
    )
    rows = (
        reports(person, place)
        .filter(within("submitted_at", span))
        .order_by()
        .annotate(
            key=F(REQUESTS[by]) if by else F("pk"),
            own=Subquery(own.values("at")[:1]),
            given=Subquery(given.values("at")[:1]),
            word=Subquery(word.values("at")[:1]),
        )
    )
    working = school_clock(span)
    lasted: dict[Any, list[float]] = {}
    waiting: dict[Any, int] = {}
    for key, since, *acts in rows.values_list("key", "submitted_at", "own", "given", "word"):
        group = key if by else None
        first = min((at for at in acts if at is not None), default=None)
        if first is None:
            waiting[group] = waiting.get(group, 0) + 1
        else:
            lasted.setdefault(group, []).append(working.business_seconds(since, max(first, since)) / 3600)
    link = rows_url("first_response", span, REQUEST_LIST)

    def make(group: Any) -> Figure:
        hours = lasted.get(group, [])
        return Figure(mean(hours) if hours else None, len(hours), {"open": waiting.get(group, 0), **spread(hours)}, link)

    return {group: make(group) for group in {*lasted, *waiting}} if by else make(None)


def mended(person: Any, span: Span, place: Any = None) -> Any:
    """Orders finished in the window that somebody waited for; planned upkeep and improvements were reported by nobody."""
    return visible(person, place).filter(within("done_at", span), kind__in=WAITED_FOR)


@measure(
    "maintenance.resolution",
    _("Time to repair"),
    unit="h",
    direction="down",
    permission=VIEW,
    rows=mended,
    definition=_(
        "Working hours from the first report to the finished repair, without paused waiting, whatever clock was promised; mean of the "
        "repairs, defects and services finished in the period. Median, the slowest tenth and plain hours are named beside."
    ),
)
def resolution(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    """One statement; the working time is counted by the calendar of the school, for orders round the clock too."""
    paused = ArraySubquery(Hold.objects.filter(order=OuterRef("pk"), pauses=True).order_by().values("during"))
    rows = mended(person, span, place).order_by().annotate(key=F(ORDERS[by]) if by else F("pk"), paused=paused)
    working = school_clock(span)
    lasted: dict[Any, list[float]] = {}
    plain: dict[Any, list[float]] = {}
    for key, since, done, holds in rows.values_list("key", "reported_at", "done_at", "paused"):
        group, since = key if by else None, min(since, done)
        seconds = working.business_seconds(since, done)
        for hold in holds:
            first, last = max(hold.lower, since), min(hold.upper or done, done)
            seconds -= working.business_seconds(first, last) if first < last else 0
        lasted.setdefault(group, []).append(seconds / 3600)
        plain.setdefault(group, []).append((done - since).total_seconds() / 3600)
    link = rows_url("resolution", span)
    found = {}
    for group, hours in lasted.items():
        found[group] = Figure(mean(hours), len(hours), {**spread(hours), "plain": mean(plain[group])}, link)
    return found if by else found.get(None, Figure(None, 0, spread([]), link))


# what waits --------------------------------------------------------------------------------------------------------------
def open_at(person: Any, span: Span, place: Any = None) -> Any:
    """Orders released and neither closed nor cancelled at the end of the window."""
    at, rows = span[1], visible(person, place).filter(released_at__lt=span[1])
    if at >= watch.now() - timedelta(minutes=5):
        return rows.live()
    called_off = Event.objects.filter(kind=ORDER, object_id=OuterRef("pk"), move="cancel", at__lt=at)
    return rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=at)).exclude(Q(state="cancelled") & Exists(called_off))


@measure(
    "maintenance.backlog",
    _("Open work orders"),
    unit=_("orders"),
    direction="down",
    permission=VIEW,
    rows=open_at,
    definition=_("Orders not yet closed or cancelled at the end of the period."),
)
def backlog(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    return figures(
        open_at(person, span, place), by, ORDERS, {"n": Count("pk")}, lambda row: Figure(row["n"], row["n"], row, rows_url("backlog", span))
    )


BANDS = ((0, 3), (4, 7), (8, 14), (15, 30), (31, None))


@measure(
    "maintenance.backlog_age",
    _("Age of open orders"),
    unit=_("days"),
    direction="down",
    permission=VIEW,
    rows=open_at,
    definition=_(
        "Days since the first report of the orders open at the end of the period, median; with how many are 0–3, 4–7, 8–14, "
        "15–30 and more than 30 days old."
    ),
)
def backlog_age(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    at = min(span[1], watch.now())
    wanted: dict[str, Any] = {"n": Count("pk"), "median": Percentile(0.5, Extract(at - F("reported_at"), "epoch"))}
    for n, (first, last) in enumerate(BANDS):
        older = Q(reported_at__lte=at - timedelta(days=first)) if first else Q()
        younger = Q(reported_at__gt=at - timedelta(days=last + 1)) if last is not None else Q()
        wanted[f"band{n}"] = Count("pk", filter=older & younger)

    def make(row: dict[str, Any]) -> Figure:
        bands = [row[f"band{n}"] for n in range(len(BANDS))]
        return Figure(
            row["median"] / 86400 if row["median"] is not None else None, row["n"], {"bands": bands}, rows_url("backlog_age", span)
        )

    return figures(open_at(person, span, place), by, ORDERS, wanted, make)


# quality -----------------------------------------------------------------------------------------------------------------
def sent_back(span: Span) -> Exists:
    """Returned or reopened within the days of the rule after it was finished in the window."""
    days = timedelta(days=REOPEN_DAYS.value())
    done = Event.objects.filter(
        within("at", span), kind=ORDER, object_id=OuterRef("object_id"), move="finish", at__lt=OuterRef("at"), at__gte=OuterRef("at") - days
    )
    return Exists(told(ORDER, "return", "reopen").filter(Exists(done)))


def done_in(person: Any, span: Span, place: Any = None) -> Any:
    """Orders finished in the window, also those that came back and were finished again after it."""
    again = WorkOrder.objects.filter(Exists(told(ORDER, "finish").filter(within("at", span))), reopened_count__gt=0, done_at__gte=span[1])
    rows = visible(person, place).filter(done_at__gte=span[0])
    return rows.filter(Q(done_at__lt=span[1]) | Q(pk__in=again.order_by().values("pk")))


@measure(
    "maintenance.rework",
    _("Rework"),
    unit="%",
    direction="down",
    permission=VIEW,
    rows=done_in,
    definition=_("Orders finished in the period that were returned or reopened within 14 days, of all finished."),
)
def rework(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    counts = {"n": Count("pk"), "back": Count("pk", filter=Q(reopened_count__gt=0) & sent_back(span))}
    return figures(
        done_in(person, span, place),
        by,
        ORDERS,
        counts,
        lambda row: Figure(share(row["back"], row["n"]), row["n"], row, rows_url("rework", span)),
    )


def closed_repairs(person: Any, span: Span, place: Any = None) -> Any:
    return visible(person, place).filter(within("closed_at", span), state="closed", kind="corrective")


@measure(
    "maintenance.first_time_fix",
    _("Fixed at the first go"),
    unit="%",
    direction="up",
    permission=VIEW,
    rows=closed_repairs,
    definition=_(
        "Repairs closed in the period that were done in one visit, without leaving in between and without coming back, of all "
        "repairs closed."
    ),
)
def first_time_fix(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    held = Exists(Hold.objects.filter(order=OuterRef("pk")))  # few were; only of those the story is read
    left = Case(When(held, then=Exists(told(ORDER, "hold").filter(from_state="in_progress"))), default=False)
    rows = closed_repairs(person, span, place).annotate(came=Subquery(_visits()), left=left)
    fixed = Q(reopened_count=0, left=False) & (Q(came__isnull=True) | Q(came__lte=1))
    return figures(
        rows,
        by,
        ORDERS,
        {"n": Count("pk"), "fixed": Count("pk", filter=fixed)},
        lambda row: Figure(share(row["fixed"], row["n"]), row["n"], row, rows_url("first_time_fix", span)),
    )


def _visits() -> QuerySet:
    from maintenance.models import Visit

    return (
        Visit.objects.filter(order=OuterRef("pk"), arrived_at__isnull=False).order_by().values("order").annotate(n=Count("pk")).values("n")
    )


# what people say ---------------------------------------------------------------------------------------------------------
def repaired(person: Any, span: Span, place: Any = None) -> Any:
    """Reports repaired in the window: confirmed, lapsed, or disputed in it. Two ways to the rows, each by its index."""
    ended = RepairRequest.objects.filter(within("resolved_at", span), state__in=["confirmed", "auto_closed"])
    said_no = Event.objects.filter(within("at", span), kind=REQUEST, move="dispute")
    came_back = RepairRequest.objects.filter(pk__in=said_no.order_by().values("object_id"))
    return reports(person, place).filter(pk__in=ended.order_by().values("pk").union(came_back.order_by().values("pk")))


def rated(person: Any, span: Span, place: Any = None) -> Any:
    return reports(person, place).filter(within("resolved_at", span), rating__isnull=False)


@measure(
    "maintenance.satisfaction",
    _("Satisfaction"),
    unit="/ 5",
    direction="up",
    permission=VIEW,
    minimum_n=3,
    rows=rated,
    definition=_("Mean of the ratings that people gave to the repairs of the period; at least three. Silence counts as no rating."),
)
def satisfaction(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    rows = Rating.objects.filter(request__in=rated(person, span, place))
    paths = {name: f"request__{path}" for name, path in REQUESTS.items()}
    return figures(
        rows,
        by,
        paths,
        {"mean": Avg("score"), "n": Count("pk")},
        lambda row: Figure(row["mean"] if row["n"] >= 3 else None, row["n"], {}, rows_url("satisfaction", span, REQUEST_LIST)),
    )


@measure(
    "maintenance.rating_share",
    _("Share of ratings"),
    unit="%",
    direction="up",
    permission=VIEW,
    rows=repaired,
    definition=_("Ratings given, of all reports that were confirmed, disputed or ended by silence after a repair of the period."),
)
def rating_share(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    return figures(
        repaired(person, span, place),
        by,
        REQUESTS,
        {"n": Count("pk"), "rated": Count("rating")},
        lambda row: Figure(share(row["rated"], row["n"]), row["n"], row, rows_url("rating_share", span, REQUEST_LIST)),
    )


def accepted(person: Any, span: Span, place: Any = None) -> Any:
    return reports(person, place).filter(within("submitted_at", span), work_order__isnull=False)


@measure(
    "maintenance.joined_share",
    _("Joined reports"),
    unit="%",
    direction="none",
    permission=VIEW,
    rows=accepted,
    definition=_("Accepted reports beyond the first of their order, of all accepted ones submitted in the period."),
)
def joined_share(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    counts = {"n": Count("pk"), "orders": Count("work_order", distinct=True)}
    return figures(
        accepted(person, span, place),
        by,
        REQUESTS,
        counts,
        lambda row: Figure(share(row["n"] - row["orders"], row["n"]), row["n"], row, rows_url("joined_share", span, REQUEST_LIST)),
    )
