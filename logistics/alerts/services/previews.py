"""Who would be called: a chain played through for any instant, and two days ahead for every chain in use."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from logistics.accounts.models import Person
from logistics.alerts.calling.people import Called, Directory
from logistics.alerts.kinds import KINDS
from logistics.alerts.models import AlertPolicy, Chain, ChainStep
from logistics.alerts.ways import ways_of
from logistics.campus.models import Place

AHEAD = timedelta(hours=48)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Preview:
    """One step as it would happen: when, whom, and why nobody."""

    step: ChainStep
    number: int
    at: datetime
    people: list[Person]
    why: str = ""  # why nobody is called: "", "empty", "hours", "no_call"

    @property
    def sentence(self) -> str:
        return {"empty": _("Nobody is there: it would go on to the next step at once."),
                "hours": _("Not at this hour: it would go on to the next step at once."), "no_call": _("Calls nobody.")}.get(self.why, "")


def dry_run(chain: Chain, at: datetime, *, place: Any = None, team_id: int | None = None, roles: tuple[str, ...] = ()) -> list[Preview]:
    """Play one round of a chain from an instant on, as if nobody acknowledged. Reads rosters and entrustings of those instants."""
    called = Called(place=place, team_id=team_id, roles=roles or ("duty_officer", "duty_leader"))
    found = []
    for number, step in enumerate(chain.steps.select_related("person", "team").order_by("order"), 1):
        directory = Directory(at)
        if not directory.fits(step.hours, place):
            found.append(Preview(step, number, at, [], "hours"))
            continue
        if step.action != ChainStep.Action.NOTIFY:
            found.append(Preview(step, number, at, [], "no_call"))
        else:
            ids = directory.resolve(step.snapshot(), called)
            known = directory.people(ids)
            found.append(Preview(step, number, at, [known[pk] for pk in ids if pk in known], "" if ids else "empty"))
            if not ids:
                continue
        at += timedelta(seconds=step.wait_s)
    return found


@dataclass(frozen=True)
class Gap:
    """A step of a chain that would reach nobody, from an hour on. `place`: where, when it depends on the place."""

    step: ChainStep
    place: Place | None
    at: datetime
    roles: tuple[str, ...]


def chains_in_use() -> dict[int, tuple[str, ...]]:
    """Chains that a kind or a policy starts, with all roles that those kinds name."""
    shipped = {chain.code: chain.pk for chain in Chain.objects.all()}
    found: dict[int, dict[str, None]] = {}
    for kind in KINDS:
        if kind.chain in shipped:
            found.setdefault(shipped[kind.chain], {}).update(dict.fromkeys(kind.roles))
    for code, chain in AlertPolicy.objects.not_over().filter(chain__isnull=False).values_list("kind", "chain_id"):
        found.setdefault(chain, {}).update(dict.fromkeys(declared.roles if (declared := KINDS.get(code)) else ()))
    return {pk: tuple(roles) for pk, roles in found.items()}


def gaps(now: datetime, ahead: timedelta = AHEAD) -> Iterator[Gap]:
    """Every step of every chain in use, on every campus, for each hour to come: the first hour in which it reaches nobody.

    Reached is who is there and has a way outside the app that works. A step that names no post of its own is asked where alerts arise.
    """
    used = chains_in_use()
    steps = list(ChainStep.objects.filter(chain__in=used, action="notify").select_related("chain", "team", "person")
                 .order_by("chain__code", "order"))
    places: list[Place | None] = list(Place.objects.active().campuses().order_by("code")) or [None]
    open_: dict[tuple[int, int | None], None] = {(step.pk, place.pk if place else None): None for step in steps for place in places}
    wanted = {(step.pk, place.pk if place else None): (step, place) for step in steps for place in places}
    reached: dict[int, bool] = {}
    for n in range(int(ahead / HOUR)):
        directory = Directory(now + n * HOUR)
        hits: dict[tuple[int, int | None], list[int]] = {}
        for key in open_:
            step, place = wanted[key]
            if directory.fits(step.hours, place):
                hits[key] = directory.resolve(step.snapshot(), Called(place=place, roles=used[step.chain_id]))
        unknown = {pk for ids in hits.values() for pk in ids if pk not in reached}
        if unknown:
            ways = ways_of(directory.people(unknown).values())
            reached |= {pk: bool(ways.of(pk)) for pk in unknown}
        for key, ids in hits.items():
            if not any(reached.get(pk) for pk in ids):
                step, place = wanted[key]
                yield Gap(step, place, directory.at, tuple(step.roles) or used[step.chain_id])
                del open_[key]
