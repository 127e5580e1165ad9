"""Each kind of user walks through the own pages, in both languages, on phone and desktop."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conftest import School
from visitor import Visitor

from bench.browser import DESKTOP, PHONE, own_pages, speak
from logistics.accounts.demo import DEMO_PEOPLE

ONWARD = (
    "main .hq-table tbody th a",
    "main a.hq-item",
    "main .hq-head .hq-moves a.btn[href]",
    "main .hq-card-head a[href]",
    "main .hq-items a[href]",
)
FILES = ("/export", "/sheet", "/ledger", "/template", "/q/")  # a label that hangs nowhere is a 404 by design


@pytest.fixture(scope="module")
def walked() -> set[str]:
    """Kinds of page that somebody has looked at from all sides: whoever comes later looks once."""
    return set()


@pytest.mark.parametrize("number", [one.number for one in DEMO_PEOPLE])
def test_every_page_of_a_kind_of_user_is_without_fault(school: School, visitor: Any, walked: set[str], number: str) -> None:
    person = visitor("zh", PHONE).enter(number)
    paths = own_pages(person.page)
    assert len(paths) > 3
    found: list[str] = []
    fresh: list[str] = []
    for path in paths:  # grows by what is reached from here
        whole = path == "/" or kind_of(path) not in walked
        found += look(person, path, PHONE, DESKTOP, audit=whole)
        if whole:
            walked.add(kind_of(path))
            fresh.append(path)
            paths += [link for link in onward(person.page) if kind_of(link) not in walked | {kind_of(known) for known in paths}]
    person.language = "en"
    speak(person.page, "en")
    for path in fresh:
        found += look(person, path, DESKTOP, PHONE, audit=True)
    assert not found, "\n".join(found)


def look(person: Visitor, path: str, first: dict[str, int], second: dict[str, int], *, audit: bool) -> list[str]:
    """What is wrong with a page; the whole audit at the first size, the width and the console at both."""
    person.page.set_viewport_size(first)
    answer = person.page.goto(path)
    status = [] if answer and answer.status == 200 else [f"{path} answers {answer and answer.status}"]
    if answer and answer.headers.get("content-type", "").startswith("application/pdf"):
        return status  # a paper is shown by the browser's own viewer
    found = person.faults(audit=audit)
    person.page.set_viewport_size(second)
    return [*status, *found, *person.faults(audit=False)]


def onward(page: Any) -> list[str]:
    """One record behind a list, and what its head offers: not every record, but every kind of page."""
    whole = "all => all.map(one => document.querySelector(one)).filter(Boolean).map(a => a.href.replace(location.origin, ''))"
    links = page.evaluate(whole, list(ONWARD))
    return list({kind_of(link): link for link in links if link.startswith("/") and not any(file in link for file in FILES)}.values())


def kind_of(path: str) -> str:
    """The address without the numbers of records and without what was asked."""
    return re.sub(r"\d+", "N", path.partition("?")[0].partition("#")[0])
