"""What campus cannot know and upper apps tell it: what labels hang on, what uses a place, who may not be let in, who is there.

    @tag_target("assets.equipment")                  find(pk) -> Target | None
    @tag_page("maintenance.report", order=10)        part(request, target) -> TagPart: buttons and cards on the page of a label
    @place_user("maintenance.orders")                uses(places, span) -> Iterable[Use]; span None: live now
    @closure_guard("maintenance.finding")            refuse_lift(source) -> reason | None, for closures that this kind of record caused
    closure_lifters("assets.statutoryrecord", "…")   the roles that may lift closures which this kind of record caused; else the usual ones
    @audience("dormitory.residents")                 people(places, at) -> Iterable[(person, why, id of the place)]
    @plan_layer("maintenance.orders", title)         marks(person, places) -> {place id: Mark}: what a floor plan shows at its pins
    @calendar_user("maintenance.clocks")             moves(draft) -> Iterable[(label, words)]: what publishing a calendar would move
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from logistics.core.registry import Registry


@dataclass(frozen=True)
class Target:
    """What a label hangs on: the record, its words, and the place that decides who may read and bind."""

    record: Any
    name: str
    place: Any
    second: str = ""  # a line below the name: number, model
    public: bool | None = None  # None: as the place is

    @property
    def kind(self) -> str:
        return self.record._meta.label_lower

    @property
    def open_to_guests(self) -> bool:
        return self.place.public if self.public is None else self.public


@dataclass(frozen=True)
class TagAction:
    """A button on the page of a label; the lowest weight is the primary one."""

    label: Any
    url: str
    icon: str = "arrow-right"
    weight: int = 50


@dataclass(frozen=True)
class TagCard:
    """A card on the page of a label. For guests it must name no person and show no free text of others."""

    title: Any
    html: str
    note: Any = ""


@dataclass(frozen=True)
class TagPart:
    """What one app adds to the page of a label. Notes are HTML above the buttons: what must be known before anything is done here."""

    actions: list[TagAction] = field(default_factory=list)
    cards: list[TagCard] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TagPage:
    part: Callable[[Any, Target], TagPart]
    name: str
    order: int = 50


@dataclass(frozen=True)
class Use:
    """A live use of a place: what, how many, and some of the rows as (words, url)."""

    kind: Any
    count: int
    rows: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Mark:
    """What a layer shows at a place: how many, in words, where to read on; `kind` is a look of the design (late, danger, run)."""

    count: int
    words: str
    url: str
    kind: str = "run"


@dataclass(frozen=True)
class PlanLayer:
    marks: Callable[[Any, list[int]], dict[int, Mark]]
    code: str
    title: Any


TAG_TARGETS: Registry[Callable[[int], Target | None]] = Registry("tag target")
TAG_PAGES: Registry[TagPage] = Registry("part of the tag page")
PLACE_USERS: Registry[Callable[..., Iterable[Use]]] = Registry("place user")
CLOSURE_GUARDS: Registry[Callable[[Any], Any]] = Registry("closure guard")
CLOSURE_LIFTERS: Registry[tuple[str, ...]] = Registry("who lifts a closure")
AUDIENCES: Registry[Callable[..., Iterable[tuple[Any, Any, int]]]] = Registry("audience")
CALENDAR_USERS: Registry[Callable[[Any], Iterable[tuple[Any, Any]]]] = Registry("calendar user")
PLAN_LAYERS: Registry[PlanLayer] = Registry("plan layer")

tag_target = TAG_TARGETS.decorate(lambda function, code: function)
tag_page = TAG_PAGES.decorate(TagPage)
place_user = PLACE_USERS.decorate(lambda function, code: function)
closure_guard = CLOSURE_GUARDS.decorate(lambda function, code: function)


def closure_lifters(kind: str, roles: str) -> None:
    """Name the roles that may lift the closures which this kind of record caused, instead of the usual ones."""
    CLOSURE_LIFTERS.add(kind, tuple(roles.split()))


audience = AUDIENCES.decorate(lambda function, code: function)
plan_layer = PLAN_LAYERS.decorate(PlanLayer)
calendar_user = CALENDAR_USERS.decorate(lambda function, code: function)
