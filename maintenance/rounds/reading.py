"""A round read whole: each frozen point with its visit, its questions and answers, in a fixed number of statements."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from logistics.campus.models import TagBinding
from logistics.core.bilingual import pick
from logistics.core.models import Attachment
from maintenance.checklists.asking import Question, question
from maintenance.checklists.judging import asked
from maintenance.checklists.metering import stood
from maintenance.checklists.services import photos_of_answers
from maintenance.models import ChecklistItem, ItemAnswer, PointVisit, Round
from maintenance.rounds.flags import WORDS


@dataclass
class Line:
    """One question at a point and the answer that counts."""

    asked: Question
    answer: ItemAnswer | None
    photos: list[Attachment]
    in_play: bool  # asked after what was answered so far

    @property
    def words(self) -> str:
        return self.answer.item.words_of(self.answer.value) if self.answer else ""

    @property
    def lacks_photo(self) -> bool:
        from maintenance.checklists.services import wants_photo

        return bool(self.answer and not self.photos and wants_photo(self.answer.item, self.answer.verdict))


@dataclass
class Stop:
    """One frozen point."""

    data: dict[str, Any]
    visit: PointVisit | None
    lines: list[Line]
    explained: str = ""
    tags: list[str] = field(default_factory=list)  # digests of the codes that hang there

    @property
    def key(self) -> str:
        return str(self.data["key"])

    @property
    def name(self) -> str:
        return pick(self.data["zh"], self.data["en"])

    @property
    def where(self) -> str:
        return pick(self.data["where_zh"], self.data["where_en"])

    @property
    def open_lines(self) -> int:
        return sum(1 for line in self.lines if line.in_play and line.asked.item.required and line.answer is None)

    @property
    def done(self) -> bool:
        return self.visit is not None and not self.open_lines

    @property
    def failed(self) -> int:
        return sum(1 for line in self.lines if line.answer is not None and line.answer.verdict == "fail")

    @property
    def flags(self) -> list[Any]:
        return [WORDS[flag] for flag in self.visit.flags if flag in WORDS] if self.visit else []


def digest(code: str) -> str:
    """What the page knows of a label: enough to tell that it was scanned, not what to type."""
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def stops_of(walk: Round, keys: Iterable[str] = (), *, labels: bool = False) -> list[Stop]:
    """The points of a round (or some of them) as they stand; at most six statements, one more where meters are read."""
    wanted = set(keys)
    chosen = [one for one in walk.stops if not wanted or one["key"] in wanted]
    visits = {row.point: row for row in PointVisit.objects.filter(round=walk).select_related("by")}
    versions = {one["version"] for one in chosen if one["version"]}
    items: dict[int, list[ChecklistItem]] = {}
    for item in ChecklistItem.objects.filter(version_id__in=versions).order_by("order", "pk"):
        items.setdefault(item.version_id, []).append(item)
    answers: dict[int, dict[str, ItemAnswer]] = {}
    rows = ItemAnswer.objects.newest().filter(run__visit__round=walk).select_related("item", "by", "run", "finding_link__finding")
    for row in rows:
        answers.setdefault(row.run.visit_id or 0, {})[row.item.key] = row
    photos = photos_of_answers([row for given in answers.values() for row in given.values()])
    tags = _tags(chosen) if labels else {}
    meters = stood((data["equipment"], item) for data in chosen for item in items.get(data["version"] or 0, []))
    found = []
    for data in chosen:
        seen = visits.get(data["key"])
        given = answers.get(seen.pk, {}) if seen else {}
        asked_here = items.get(data["version"] or 0, [])
        in_play = {item.key for item in asked(asked_here, {key: row.value for key, row in given.items()})}
        lines = []
        for item in asked_here:
            answer = given.get(item.key)
            shown = photos.get(answer.pk, []) if answer else []
            stands = meters.get((data["equipment"] or 0, item.quantity))
            lines.append(Line(question(item, stands), answer, shown, item.key in in_play))
        target = ("assets.equipment", data["equipment"]) if data["equipment"] else ("campus.place", data["place"])
        found.append(Stop(data, seen, lines, walk.explained.get(data["key"], ""), tags.get(target, [])))
    return found


def _tags(stops: list[dict[str, Any]]) -> dict[tuple[str, int], list[str]]:
    things, places = {one["equipment"] for one in stops if one["equipment"]}, {one["place"] for one in stops if not one["equipment"]}
    rows = TagBinding.objects.filter(
        Q(kind="assets.equipment", object_id__in=things) | Q(kind="campus.place", object_id__in=places), during__upper_inf=True
    )
    found: dict[tuple[str, int], list[str]] = {}
    for kind, pk, code in rows.values_list("kind", "object_id", "tag__code"):
        found.setdefault((kind, pk), []).append(digest(code))
    return found
