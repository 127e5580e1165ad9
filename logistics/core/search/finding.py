"""One box over all records: each kind is asked within the scope of the person, and answers a bounded number of best rows.

A word that few records hold is answered by the index, then cut to what the person sees. A word that very many hold ("水" in a
million orders) is answered by walking the newest rows until enough are found; what is still open is added, however old.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.core.cache import cache
from django.db import connection, models
from django.db.models import BooleanField, Case, Count, F, Q, Value, When, Window

from logistics.core.access import EVERYTHING, NOTHING, access_of
from logistics.core.resources import Resource, all_resources
from logistics.core.search.declaring import Searchable
from logistics.core.search.matching import HasTokens, exact, indexed, quoted, rank, tokens_query, ways
from logistics.core.search.text import fold, words

MOST = 50  # of one kind; more is "50+"
FEW = 300  # matches of one kind that are all ranked; of more, the newest are
MANY = 10_000  # expected matches beyond which the index is not asked at all
LARGE = 20_000  # rows from which on a table is walked for words that many rows hold
NEWEST = 5_000  # rows walked, newest first
OWN = 2_000  # of them in each part of a scope
ALIKE = 0.6  # how alike a name must be to be offered instead, from 0 to 1
MOST_ALIKE = 20  # letters of a text that is compared with names
OF_TABLE = ("__ancestors__overlap", "__in")  # parts of a scope that need no other rows than those of places and departments
KEPT_SECONDS = 300  # how long the edge of the newest rows is remembered


@dataclass
class Found:
    """What one kind answered: the best records, how many were found (at most `MOST`), and whether there are more."""

    resource: type[Resource]
    records: list[Any] = field(default_factory=list)
    number: int = 0
    more: bool = False

    @property
    def count(self) -> str:
        return f"{self.number}+" if self.more else str(self.number)


def searched() -> list[type[Resource]]:
    """Every kind of record that declares a search text."""
    return [declared for declared in all_resources() if issubclass(declared.model, Searchable)]


def find(
    person: Any, text: str, *, kinds: Iterable[str] | None = None, most: int = MOST, few: int | None = None, whole: str = "",
) -> list[Found]:
    """What the person may see of each kind, best first; kinds with the best rows first. Nothing for a text without words.

    Of each kind `most` are looked for and counted; with `few` only so many are brought, but of the kind `whole` all.
    """
    typed = words(text)
    if not typed:
        return []
    wanted = None if kinds is None else set(kinds)
    asked = [declared for declared in searched() if wanted is None or declared.kind in wanted]
    big = _big([declared.model for declared in asked])
    holding = _holding([declared.model for declared in asked if declared.model._meta.db_table not in big], typed)
    found = []
    for declared in asked:
        if declared.model._meta.db_table not in big | holding:
            continue
        kind = Kind(declared, person, text, typed, declared.model._meta.db_table in big)
        rows = kind.best(most)[: most if few is None or declared.kind == whole else few]
        if rows:
            total = rows[0].search_count
            found.append((rows[0].search_rank, Found(declared, list(rows), min(total, most), total > most or kind.partial)))
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])]


class Kind:
    """One kind of record and the text looked for."""

    def __init__(self, declared: type[Resource], person: Any, text: str, typed: list[str], big: bool):
        self.declared, self.model, self.person, self.text, self.typed, self.big = declared, declared.model, person, text, typed, big
        manager = declared.model.objects
        self.scope = manager.all().scope(access_of(person), "view")
        self.all = manager.all()
        self.partial = False  # not every row was looked at

    def best(self, most: int) -> models.QuerySet:
        """The best rows, of which each knows in `search_count` how many there are; some more than `most` when there are more."""
        if self.scope == NOTHING:
            return self.all.none()
        if not self.big:
            return self._ranked(self._visible(pk__in=self._matching().values("pk")[: 4 * FEW]))
        if _expected(self.model, self.typed) <= MANY:
            keys = set(self._matching().values_list("pk", flat=True)[: FEW + 1])
            if len(keys) <= FEW:
                return self._ranked(self._visible(pk__in=keys))
        keys = self._newest(most + 1) if self.scope == EVERYTHING else self._in_parts(most + 1)
        keys |= self._open(most + 1)
        return self._ranked(self.all.filter(pk__in=keys))

    def _visible(self, **conditions: Any) -> models.QuerySet:
        rows = self.all.filter(**conditions)
        return rows if self.scope == EVERYTHING else rows.filter(self.scope)

    def _matching(self) -> models.QuerySet:
        """All matches by the index, in no order; who takes a slice keeps the planner from walking the scope instead."""
        return self.all.order_by().filter(indexed(self.typed), exact(self.typed))

    def _newest(self, most: int) -> set[int]:
        """Keys of matches among the newest rows; when they are too few, of the newest matches wherever they lie."""
        order = self.declared.order
        keys = set(self.all.filter(self._recent(), exact(self.typed)).order_by(*order).values_list("pk", flat=True)[:most])
        return keys if len(keys) == most else keys | set(self._matching().order_by(*order).values_list("pk", flat=True)[:most])

    def _in_parts(self, most: int) -> set[int]:
        """Keys of the newest matches in each part of the scope ("my own", "in my building"), so that each can use its own index.

        Of one's own rows the newest are looked at; a part told by another table ("requests of my orders") only among the newest rows of
        all. `partial` then says that there may be more.
        """
        parts = self.scope.children if self.scope.connector == Q.OR and not self.scope.negated else [self.scope]
        order = self.declared.order
        keys: set[int] = set()
        for part in parts:
            rows = self.all.filter(Q(part) if isinstance(part, tuple) else part).order_by(*order)
            if not isinstance(part, tuple) or part[0].endswith(OF_TABLE):
                keys |= set(rows.filter(exact(self.typed)).values_list("pk", flat=True)[:most])
                continue
            if "__" in part[0]:
                recent, self.partial = self._recent(OWN), True
            else:
                edge = _after(rows, order, OWN)
                recent = _until(order, edge)
                self.partial |= edge is not None
            keys |= set(rows.filter(recent, exact(self.typed)).values_list("pk", flat=True)[:most])
        return keys

    def _recent(self, count: int = NEWEST) -> Q:
        """The newest rows, in the order of the list."""
        return _until(self.declared.order, _edge(self.model, self.declared.order, count))

    def _open(self, most: int) -> set[int]:
        live = self.declared.search_live()
        if live is None:
            return set()
        return set(self._visible().filter(live, exact(self.typed)).order_by(*self.declared.order).values_list("pk", flat=True)[:most])

    def _ranked(self, rows: models.QuerySet) -> models.QuerySet:
        """By how well they answer, what is open first, one's own first, then in the order of the list."""
        live, own = self.declared.search_live(), self.declared.search_own(self.person)
        rows = rows.annotate(search_rank=rank(self.text), search_count=Window(Count("*")))
        order: list[str] = ["search_rank"]
        for name, rule in (("search_open", live), ("search_mine", own)):
            if rule is not None:
                rows = rows.annotate(**{name: Case(When(rule, then=Value(True)), default=Value(False), output_field=BooleanField())})
                order.append(f"-{name}")
        joins = self.declared.list_joins
        rows = rows.select_related(*joins) if joins else rows
        return rows.order_by(*order, *self.declared.order)


def _big(candidates: list[type[models.Model]]) -> set[str]:
    """Tables whose size makes a choice of way worth while, by the statistics of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s AND relname = ANY(%s)",
                       [LARGE, [model._meta.db_table for model in candidates]])
        return {row[0] for row in cursor.fetchall()}


def _holding(candidates: list[type[models.Model]], typed: list[str]) -> set[str]:
    """Tables that hold a match at all, whoever may see it: one statement spares one for each of the others."""
    if not candidates:
        return set()
    tables = [model._meta.db_table for model in candidates]
    asks = [f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)} WHERE hq_tokens(search_text) @@ %(query)s::tsquery)"
            for n, table in enumerate(tables)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asks), {"query": tokens_query(typed)})
        return {tables[row[0]] for row in cursor.fetchall()}


def _expected(model: type[models.Model], typed: list[str]) -> float:
    """How many rows match at most: those that hold the rarest token. (Tokens of a word go together: shares are not multiplied.)"""
    rows, shares = _shares(model)
    least = min(shares.values(), default=0)

    def share(token: str) -> float:
        begun = token.removesuffix("*") if token.endswith("*") else None
        if begun is None:
            return shares.get(token, least)
        return max((known for other, known in shares.items() if other.startswith(begun)), default=least)

    return rows * min(max(min(map(share, way)) for way in ways(word)) for word in typed)


def _shares(model: type[models.Model]) -> tuple[float, dict[str, float]]:
    """How many rows a table has, and the share of them that hold each frequent token, by the statistics of its search index."""
    table = model._meta.db_table
    known = cache.get(f"search:shares:{table}")
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT c.reltuples, s.most_common_elems::text::text[], s.most_common_elem_freqs
                   FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
                   JOIN pg_stats s ON s.schemaname = current_schema() AND s.tablename = x.relname AND s.attname = 'hq_tokens'
                   WHERE c.oid = %s::regclass AND s.most_common_elems IS NOT NULL""", [table])
            row = cursor.fetchone()
        known = (row[0], dict(zip(row[1], row[2], strict=False))) if row else (0, {})
        cache.set(f"search:shares:{table}", known, KEPT_SECONDS)
    return known


def _edge(model: type[models.Model], order: tuple[str, ...], count: int) -> Any:
    """The value of the first field of the order at the end of the newest rows."""
    key = f"search:edge:{model._meta.db_table}:{count}"
    known = cache.get(key)
    if known is None:
        known = _after(model._base_manager.order_by(*order), order, count)
        cache.set(key, known, KEPT_SECONDS)
    return known


def _after(rows: models.QuerySet, order: tuple[str, ...], count: int) -> Any:
    """The value of the first field of the order `count` rows on; None when there are not so many."""
    return rows.values_list(order[0].lstrip("-"), flat=True)[count : count + 1].first()


def _until(order: tuple[str, ...], edge: Any) -> Q:
    first = order[0]
    return EVERYTHING if edge is None else Q(**{f"{first.removeprefix('-')}__{'gte' if first.startswith('-') else 'lte'}": edge})


def near(person: Any, text: str, most: int = 3) -> list[str]:
    """Names of visible places, things and people that look like the text: what may have been meant when nothing was found."""
    typed = "".join(words(text))
    if not 2 <= len(typed) <= MOST_ALIKE or any(letter.isdigit() for letter in typed):
        return []
    pairs = {typed[at : at + 2] for at in range(len(typed) - 1)}
    alike = Q(HasTokens(F("search_text"), Value(" | ".join(quoted(pair) for pair in sorted(pairs)))))
    asked = searched()
    big = _big([declared.model for declared in asked])
    names: dict[str, float] = {}
    for declared in asked:
        if declared.model._meta.db_table in big or not hasattr(declared.model, "name_zh"):
            continue
        rows = declared.rows(person).filter(alike).order_by()
        for row in rows.only("name_zh", "name_en")[:300]:
            for name in filter(None, (row.name_zh, row.name_en)):
                names[name] = SequenceMatcher(None, fold(name).replace(" ", ""), typed).ratio()
    best = sorted(names, key=lambda name: (-names[name], name))
    return [name for name in best if names[name] >= ALIKE][:most]
