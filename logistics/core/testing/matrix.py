"""Permission matrix: every URL × method × kind of user -> status, declared in one table; a refusal also proves that nothing was written."""
from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

Table = dict[tuple[str, str], dict[str, int]]
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b", re.I)
BOOKKEEPING = ("django_session", "axes_", "accounts_signinevent", "campus_tag", "core_idempotencykey")


def url_names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named URL of the project with its converters."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from url_names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{prefix}{entry.name}", entry.pattern.converters


def read(path: Path) -> tuple[list[str], Table]:
    """The table: a header with the kinds of users, then `name method status…`."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    kinds = lines[0].split()[2:]
    table: Table = {}
    for line in lines[1:]:
        name, method, *statuses = line.split()
        table[name, method] = dict(zip(kinds, map(int, statuses), strict=True))
    return kinds, table


def write(path: Path, kinds: list[str], table: Table, words: str) -> None:
    width = max((len(name) for name, _method in table), default=10)
    lines = [f"# {line}" for line in words.splitlines()] + [f"{'url':{width}} {'verb':4} " + " ".join(f"{kind:>10}" for kind in kinds)]
    for (name, method), row in sorted(table.items()):
        lines.append(f"{name:{width}} {method:4} " + " ".join(f"{row[kind]:>10}" for kind in kinds))
    path.write_text("\n".join(lines) + "\n")


def observe(url: str, method: str, client: Client, bare: bool = False) -> tuple[int, list[str]]:
    """Status of one request, and what it wrote; everything is rolled back. `bare` spares the frame around a page."""
    signed_in = client.cookies.output(header="")  # signing out is one of the addresses: it must not end the walk
    with transaction.atomic():
        mark = transaction.savepoint()
        body: dict[str, Any] = {"content_type": "application/json"} if method == "POST" and url.startswith("/api/") else {}
        body |= {"headers": {"HX-Request": "true"}} if bare else {}
        with CaptureQueriesContext(connection) as seen:
            answer = getattr(client, method.lower())(url, **body)
        transaction.savepoint_rollback(mark)
    client.cookies = SimpleCookie(signed_in)
    wrote = [q["sql"][:120] for q in seen if WRITES.search(q["sql"]) and not any(word in q["sql"] for word in BOOKKEEPING)]
    return answer.status_code, wrote


def faults(declared: Table, seen: Table, wrote: dict[tuple[str, str, str], list[str]]) -> list[str]:
    """Undeclared, stale and different entries, and refusals that wrote."""
    problems = [f"not declared: {name} {method} {row}" for (name, method), row in seen.items() if (name, method) not in declared]
    problems += [f"stale: {name} {method}" for name, method in declared if (name, method) not in seen]
    for key, row in seen.items():
        for kind, status in row.items():
            expected = declared.get(key, {}).get(kind)
            if expected is not None and expected != status:
                problems.append(f"{key[0]} {key[1]} as {kind}: {status}, declared {expected}")
            if status >= 400 and wrote.get((*key, kind)):
                problems.append(f"{key[0]} {key[1]} as {kind}: refused with {status} but wrote {wrote[*key, kind][0]}")
            if status >= 500:
                problems.append(f"{key[0]} {key[1]} as {kind}: {status}")
    return problems


def handled(url: str, method: str) -> bool:
    """Is there anything behind this method of an address? Where nothing is, everybody who is signed in gets the same refusal."""
    view: Any = resolve(url).func
    if actions := getattr(view, "actions", None):
        return method.lower() in actions
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return cls is None or hasattr(cls, method.lower())


def unhurried() -> None:
    """Forget how often somebody has asked: the walk asks faster than anybody may."""
    client = cache._cache.get_client(None, write=True)
    if counters := list(client.scan_iter(cache.make_key("rate:*"), count=1000)):
        client.unlink(*counters)


def walk(
    arguments: dict[str, dict[str, Any]], clients: dict[str, Client], skip: tuple[str, ...] = (), only: tuple[str, ...] = (),
    declared: Table | None = None,
) -> tuple[Table, dict[tuple[str, str, str], list[str]]]:
    """Visit every URL as everybody, or those whose names begin with one of `only`. `arguments` fills a URL's parts by its name.

    What is `declared` to be refused is asked for without the frame, the same around all refusals; another answer is looked at whole.
    """
    seen: Table = {}
    wrote: dict[tuple[str, str, str], list[str]] = {}
    for name, converters in url_names():
        if name.startswith(skip) or (name, "GET") in seen or (only and not name.startswith(only)):
            continue
        values = arguments.get(name, {}) if converters else {}
        url = reverse(name, kwargs={key: values.get(key, 0) for key in converters})
        for method in ("GET", "POST"):
            row = seen[name, method] = {}
            kinds = list(clients)
            asked = kinds if handled(url, method) else kinds[:2]  # the visitor, and one of all others
            for kind in asked:
                unhurried()
                refused = (declared or {}).get((name, method), {}).get(kind, 0)
                row[kind], wrote[name, method, kind] = observe(url, method, clients[kind], bare=refused >= 400)
                if refused >= 400 and row[kind] != refused:
                    row[kind], wrote[name, method, kind] = observe(url, method, clients[kind])
                if method == "POST" and row[kind] < 400:
                    cache.clear()  # it may know of what was taken back
            row.update({kind: row[asked[-1]] for kind in kinds if kind not in row})
    return seen, wrote
