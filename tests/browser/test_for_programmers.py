"""The page for programmers and the page on which a token is made, in a real browser under the strict policy."""
from __future__ import annotations

from typing import Any

from bench.browser import DESKTOP, PHONE


def test_every_address_stands_on_the_page_for_programmers_and_may_be_tried(visitor: Any) -> None:
    desk = visitor("en", DESKTOP).enter("S0901")
    desk.visit("/api/")
    desk.page.locator(".opblock-tag-section").first.wait_for()
    assert desk.page.locator(".opblock-tag-section").count() >= 5
    assert [line for line in desk.noted if "CSP" in line or "script:" in line] == []


def test_a_token_is_made_on_the_phone_shown_once_and_revoked(visitor: Any) -> None:
    phone = visitor("zh", PHONE).enter("S1001")
    phone.visit("/me/tokens/new/")
    phone.page.locator("[name=name]").fill("能耗报表")
    phone.page.locator("[name=scopes][value=read]").check()
    phone.page.get_by_role("button", name="建立令牌").click()
    secret = phone.page.locator("#secret").input_value()
    assert secret.startswith("hq_")
    phone.page.get_by_role("link", name="已经存好").click()
    assert secret not in phone.page.content()
    phone.page.get_by_role("link", name="吊销").click()
    phone.page.get_by_role("button", name="吊销").click()
    phone.page.get_by_text("已吊销").first.wait_for()
