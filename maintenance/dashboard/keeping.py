"""Pages of figures are kept and say when they were worked out: by night for all who may read them, and again behind the back of whoever
looks at an older one. So nobody waits while figures over millions of orders are counted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language

from logistics.accounts.models import Person
from logistics.core import clock
from logistics.core.access import access_of, give_access, holder_ids, roles_with
from logistics.core.registry import Registry
from logistics.core.tasks import hand_over
from logistics.core.templatetags import ui
from maintenance.dashboard.limits import KEPT
from maintenance.spans import Span

PERMISSION = "maintenance.figures:view"
SPANS = {"week": 7, "month": 30, "term": 120}
USUAL = "month"  # shown when nothing is chosen
LONGEST = 2 * 24 * 3600  # seconds in the cache; a window ends with its day, so an older page is never asked for
WAITS = 3600  # seconds after which a task that no worker took is dropped
BUSY = 300  # seconds after which a worker that did not come back is not waited for any longer

Maker = Callable[[Any, Span], dict[str, str]]
PAGES: Registry[Maker] = Registry("page of figures")


# Declares a page: `make(person, window)` gives its pieces as text, in the language of the moment.
page_of_figures = PAGES.decorate(lambda function, code: function)


def window(days: int) -> Span:
    """The last days up to tonight."""
    until = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return until - timedelta(days=days), until


def signature(person: Any) -> str:
    """What a person may see, as a name: who may see the same is shown the same page."""
    access = access_of(person)
    held = sorted((one.role, one.department_id or 0, one.place_id or 0) for one in access.grants)
    return hashlib.sha256(repr((held, person.organisation_id)).encode()).hexdigest()[:24]


def key_of(code: str, person: Any, span: Span) -> str:
    return f"figures:{code}:{signature(person)}:{get_language()}:{span[0].isoformat()}:{span[1].isoformat()}"


def shown(code: str, person: Any, chosen: str) -> dict[str, Any]:
    """The pieces of a page with the time they are of (`at`); an old page is shown while a worker makes the new one."""
    span = window(SPANS[chosen])
    seconds = KEPT.value()
    if not seconds:
        return made(code, person, span)
    key = key_of(code, person, span)
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        return keep(code, person, span)
    if clock.now() - found["made"] > timedelta(seconds=seconds) and cache.add(f"{key}:busy", 1, BUSY):
        ask_anew(code, person, chosen, get_language())
    return found


def made(code: str, person: Any, span: Span) -> dict[str, Any]:
    now: datetime = clock.now()
    return {**PAGES[code](person, span), "at": ui.paper_time(now), "made": now}


def keep(code: str, person: Any, span: Span) -> dict[str, Any]:
    found, key = made(code, person, span), key_of(code, person, span)
    cache.set(key, found, LONGEST)
    cache.delete(f"{key}:busy")
    return found


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
