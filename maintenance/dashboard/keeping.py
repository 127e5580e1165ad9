"""Pages of figures are kept in the database and say when they were worked out: by night for all who may read them, and again behind the
back of whoever looks at an older one. So nobody waits while figures over millions of orders are counted; where nothing is kept yet, the
page comes at once and its figures follow."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from logistics.accounts.models import Person
from logistics.core import clock
from logistics.core.access import access_of, give_access, holder_ids, roles_with
from logistics.core.registry import Registry
from logistics.core.tasks import hand_over
from logistics.core.templatetags import ui
from maintenance.dashboard.limits import KEPT
from maintenance.dashboard.models import KeptPage
from maintenance.spans import Span

PERMISSION = "maintenance.figures:view"
SPANS = {"week": 7, "month": 30, "term": 120}
USUAL = "month"  # shown when nothing is chosen
LONGEST = timedelta(days=2)  # an older page is not shown any more
WAITS = 3600  # seconds after which a task that no worker took is dropped
BUSY = timedelta(minutes=5)  # a worker that did not come back is not waited for any longer

Maker = Callable[[Any, Span], dict[str, str]]


@dataclass(frozen=True)
class Page:
    """`make(person, window)` gives its pieces as text, in the language of the moment."""

    make: Maker
    spans: tuple[str, ...] = tuple(SPANS)


PAGES: Registry[Page] = Registry("page of figures")
page_of_figures = PAGES.decorate(lambda function, code, **options: Page(function, **options))


def window(days: int) -> Span:
    """The last days up to tonight."""
    until = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return until - timedelta(days=days), until


def signature(person: Any) -> str:
    """What a person may see, as a name: who may see the same is shown the same page."""
    access = access_of(person)
    held = sorted((one.role, one.department_id or 0, one.place_id or 0) for one in access.grants)
    return hashlib.sha256(repr((held, person.organisation_id)).encode()).hexdigest()[:24]


def shown(code: str, person: Any, chosen: str, wait: bool = False) -> dict[str, Any] | None:
    """The pieces of a page with the time they are of (`at`); an old page is shown while a worker makes the new one.

    None while nothing is kept, unless the reader waits.
    """
    seconds = KEPT.value()
    if not seconds:
        return made(code, person, chosen)[0]
    found = KeptPage.objects.filter(**key_of(code, person, chosen), made_at__gt=clock.now() - LONGEST).first()
    if found is None:
        return keep(code, person, chosen) if wait else None
    if clock.now() - found.made_at > timedelta(seconds=seconds) or found.made_at < window(1)[0]:
        free = Q(asked_at=None) | Q(asked_at__lt=clock.now() - BUSY)
        if KeptPage.objects.filter(free, pk=found.pk).update(asked_at=clock.now()):
            ask_anew(code, person, chosen, get_language())
    pieces: dict[str, Any] = found.pieces
    return pieces


def key_of(code: str, person: Any, chosen: str) -> dict[str, Any]:
    return {"code": code, "reader": signature(person), "language": str(get_language()), "span": chosen}


def made(code: str, person: Any, chosen: str) -> tuple[dict[str, Any], datetime]:
    now: datetime = clock.now()
    return {**PAGES[code].make(person, window(SPANS[chosen])), "at": ui.paper_time(now)}, now


def keep(code: str, person: Any, chosen: str) -> dict[str, Any]:
    pieces, now = made(code, person, chosen)
    KeptPage.objects.update_or_create(**key_of(code, person, chosen), defaults={"pieces": pieces, "made_at": now, "asked_at": None})
    return pieces


def forget() -> int:
    """Pages that are not shown any more; how many there were."""
    return KeptPage.objects.filter(made_at__lte=clock.now() - LONGEST).delete()[0]


def send(args: tuple[Any, ...]) -> bool:
    """By name: the task stands above the pages that it makes."""
    return hand_over("maintenance.dashboard.tasks.refresh_figures", *args, expires=WAITS)


def ask_anew(code: str, person: Any, chosen: str, language: str) -> bool:
    """Have a worker make it; without one the page stays as old as it says."""
    return send((code, person.pk, chosen, language))


def readers() -> list[tuple[Person, list[str]]]:
    """One of each kind of people who may read the figures and see the same, with the languages in which they read."""
    people = list(Person.objects.active().filter(pk__in=holder_ids(roles_with(PERMISSION))).order_by("pk"))
    give_access(people)
    found: dict[str, tuple[Person, set[str]]] = {}
    for one in people:
        chosen = {one.language} if one.language else {code for code, _name in settings.LANGUAGES}  # none chosen: what the browser asks for
        found.setdefault(signature(one), (one, set()))[1].update(chosen)
    return [(person, sorted(languages)) for person, languages in found.values()]
