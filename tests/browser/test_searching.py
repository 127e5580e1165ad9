"""The search box in a real browser: keyboard, suggestions, what was looked for last, and both shells without a fault."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from bench.browser import DESKTOP, PHONE

DISPATCHER, STUDENT = "S1001", "20240312"
PICTURES = os.environ.get("SEARCH_PICTURES")


def picture(person: Any, name: str) -> None:
    if PICTURES:
        person.page.screenshot(path=str(Path(PICTURES, f"{name}.png")))


def test_the_keyboard_leads_to_the_box_through_the_suggestions_and_out_again(visitor):
    person = visitor("zh", DESKTOP).enter(DISPATCHER)
    page = person.page
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("水龙头")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    picture(person, "suggest-zh-desktop")
    person.expect_no_fault()
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    with page.expect_navigation():
        box.press("Enter")
    assert "/search/?q=" in page.url
    expect(page.locator("mark").first).to_be_visible()
    person.expect_no_fault()
    picture(person, "page-zh-desktop")
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    page.locator(".hq-top [data-find]").fill("")
    page.locator(".hq-top [data-find]").focus()
    expect(page.get_by_role("option", name="水龙头").first).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("who", "text"), [(DISPATCHER, "tsg"), (STUDENT, "漏水"), (DISPATCHER, "zzzzqq")])
def test_a_phone_searches_by_the_glass_on_top(visitor, language, who, text):
    person = visitor(language, PHONE).enter(who)
    page = person.page
    person.tap(page.locator("[data-search-page]"))
    box = page.locator(".hq-find input")
    expect(box).to_be_visible()
    box.fill(text)
    with page.expect_navigation():
        box.press("Enter")
    person.expect_no_fault()
    picture(person, f"page-{language}-phone-{who}-{text}")


def test_signing_out_forgets_what_was_looked_for(visitor):
    person = visitor("en", DESKTOP).enter(DISPATCHER)
    page = person.page
    page.goto("/search/?q=lamp")
    expect(page.locator("[data-find]:visible")).to_have_count(1)
    page.locator("[data-find]:visible").press("Enter")
    page.wait_for_function("() => Object.keys(localStorage).some(name => name.startsWith('hq-searches:'))")
    picture(person, "page-en-desktop")
    page.locator(".hq-person").click()
    with page.expect_navigation():
        page.locator("[formaction$='/sign-out/']").click()
    assert page.evaluate("() => Object.keys(localStorage).filter(name => name.startsWith('hq-searches:')).length") == 0
