"""Each kind of user walks through all own pages, in both languages, on phone and desktop."""
from __future__ import annotations

from typing import Any

import pytest
from conftest import School

from bench.browser import DESKTOP, PHONE, own_pages, speak
from logistics.accounts.demo import DEMO_PEOPLE

FIRST_LINKS = ("main .hq-table tbody th a", "main a.hq-item", "main .hq-card-list a", "main .hq-head .hq-moves a.btn[href]", "main .card-head a", "main .hq-card-head a[href]")


@pytest.mark.parametrize("number", [one.number for one in DEMO_PEOPLE])
def test_every_page_of_a_kind_of_user_is_without_fault(school: School, visitor: Any, number: str) -> None:
    person = visitor("zh", PHONE).enter(number)
    paths = own_pages(person.page)
    assert len(paths) > 3
    found: list[str] = []
    deeper: dict[str, None] = {}
    for language in ("zh", "en"):
        person.language = language
        speak(person.page, language)
        for path in [*paths, *deeper]:
            answer = person.page.goto(path)
            found += [] if answer and answer.status == 200 else [f"{path} answers {answer and answer.status}"]
            for size in (PHONE, DESKTOP):
                person.page.set_viewport_size(size)
                found += person.faults()
            if language == "zh" and path in paths:
                deeper |= dict.fromkeys(first_links(person.page, [*paths, *deeper]))
    assert not found, "\n".join(found)


def first_links(page: Any, known: list[str]) -> list[str]:
    """One record behind a list, and what its head offers: not for every record, but for every kind of page."""
    links = [page.locator(selector).first.get_attribute("href") for selector in FIRST_LINKS if page.locator(selector).count()]
    return [link for link in dict.fromkeys(links) if link and link.startswith("/") and link not in known and "/export" not in link and "/sheet" not in link]
