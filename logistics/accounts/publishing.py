"""What accounts cannot know and upper floors tell it: open duties of a leaver, rows that end with a person, places and origins in words."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from logistics.core.publishing import Waiting
from logistics.core.registry import Registry


@dataclass(frozen=True)
class HandOver:
    """A kind of duty that somebody else must take when a person leaves: `find(person)` yields Waiting."""

    find: Callable[[Any], Iterable[Waiting]]
    code: str
    title: Any


HAND_OVERS: Registry[HandOver] = Registry("hand-over")
ENDINGS: Registry[Callable[[Any, datetime], Any]] = Registry("ending")
AREAS: Registry[Callable[[Iterable[int]], dict[int, str]]] = Registry("names of areas")
ORIGINS: Registry[Callable[[Iterable[int]], dict[int, str]]] = Registry("origins of grants")

# @hand_over("maintenance.orders", _("Open work orders")) over find(person) -> Waiting, ...
hand_over = HAND_OVERS.decorate(HandOver)
# @ends_with_person("campus.stewardships") over end(person, instant): cut what hangs on the person, in the same transaction
ends_with_person = ENDINGS.decorate(lambda function, code: function)
# @describe_area("place") over names(ids) -> {id: "Main campus"}
describe_area = AREAS.decorate(lambda function, code: function)
# @describe_origin("stewardship") over sentences(ids) -> {id: "steward of Main campus"}, by the `source` of a grant
describe_origin = ORIGINS.decorate(lambda function, code: function)
