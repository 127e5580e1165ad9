"""The record page in a real browser: a colleague is named with @, papers are dropped and linked, nothing is at fault, also without scripts."""
from __future__ import annotations

from typing import Any

import pytest
from conftest import School
from playwright.sync_api import expect
from visitor import Visitor

from bench.browser import DESKTOP, PHONE

DISPATCHER, MANAGER = "S1001", "S1002"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
DROP = """(card, [name, text]) => {
  const carrier = new DataTransfer();
  carrier.items.add(new File([text], name));
  for (const kind of ["dragenter", "dragover", "drop"]) card.dispatchEvent(new DragEvent(kind, {dataTransfer: carrier, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def order(school: School) -> int:
    """An order at which somebody works."""
    return school.one("SELECT id FROM maintenance_workorder WHERE state IN ('in_progress', 'accepted', 'assigned') ORDER BY id DESC LIMIT 1")


def test_a_colleague_is_named_by_keyboard_and_told_once(school: School, visitor: Any, order: int) -> None:
    manager, name = school.ask("SELECT id, name_en FROM accounts_person WHERE number = %s", MANAGER)[0]
    desk: Visitor = visitor("en", DESKTOP).enter(DISPATCHER)
    desk.visit(f"/maintenance/work-orders/{order}/")
    field = desk.page.locator("textarea[data-mention]")
    field.press_sequentially(f"@{name[:4]}")
    expect(desk.page.locator(".hq-talk-list li[aria-selected=true]")).to_contain_text(name)
    desk.expect_no_fault()
    field.press("Enter")
    field.press_sequentially("the valve is here")
    desk.page.locator("form[data-talk] button").click()
    expect(desk.page.locator("#timeline-lines .hq-mention")).to_have_text(f"@{name}")
    expect(field).to_have_value("")
    desk.expect_no_fault()
    told = "SELECT count(*) FROM alerts_notification WHERE person_id = %s AND code = 'record.mentioned' AND source_id = %s"
    assert school.one(told, manager, order) == 1


def test_papers_are_dropped_records_linked_and_the_timeline_filtered(school: School, visitor: Any, order: int) -> None:
    other = school.one("SELECT number FROM maintenance_workorder WHERE id <> %s AND number IS NOT NULL ORDER BY id LIMIT 1", order)
    desk: Visitor = visitor("zh", DESKTOP).enter(MANAGER)
    desk.visit(f"/maintenance/work-orders/{order}/")
    desk.page.locator("[data-drop]").evaluate(DROP, ["检测单.txt", "压力 0.4 MPa"])
    desk.tap(desk.page.locator(".hq-file-more form button"))
    expect(desk.page.locator(".hq-files a", has_text="检测单.txt")).to_have_count(1)
    desk.page.locator("[data-drop]").evaluate(DROP, ["页面.txt", "<script>1</script>"])
    desk.page.locator(".hq-file-more form button").click()
    expect(desk.page.locator(".hq-file-more .hq-answer")).to_contain_text("程序")
    desk.noted.clear()  # the browser notes the refused upload
    desk.page.locator("summary:has-text('关联一条记录')").click()
    desk.page.locator("#link-number").press_sequentially(other[:10])
    expect(desk.page.locator("#link-numbers option").first).to_be_attached()
    desk.page.locator("#link-number").fill(other)
    desk.tap(desk.page.locator("form:has(#link-number) button"))
    expect(desk.page.locator(".hq-thread")).to_contain_text(other)
    desk.page.locator("nav.hq-seg a", has_text="留言").click()
    expect(desk.page.locator("nav.hq-seg [aria-current]")).to_have_text("留言")
    desk.expect_no_fault()


@pytest.mark.parametrize(("language", "size"), [("zh", PHONE), ("en", PHONE), ("en", DESKTOP)])
def test_the_record_page_passes_the_audit(school: School, visitor: Any, order: int, language: str, size: dict[str, int]) -> None:
    person: Visitor = visitor(language, size).enter(MANAGER)
    for path in (f"/maintenance/work-orders/{order}/", f"/maintenance/work-orders/{order}/?show=changes"):
        person.visit(path)


def test_without_scripts_a_comment_a_file_and_a_link_are_sent_all_the_same(school: School, browser_: Any, order: int) -> None:
    context = browser_.new_context(base_url=school.address, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto("/sign-in/")
    page.locator(f"button[name=demo][value='{MANAGER}']").click()
    page.goto(f"/maintenance/work-orders/{order}/")
    page.locator("#comment").fill(f"@{DISPATCHER} without a script")
    page.locator("form[data-talk] button").click()
    expect(page.locator("#timeline-lines blockquote", has_text="without a script")).to_be_visible()
    page.locator(".hq-file-more summary").click()
    page.locator("#file-input").set_input_files({"name": "manual.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.locator(".hq-file-more form button").click()
    expect(page.locator(".hq-files a", has_text="manual.pdf")).to_have_count(1)
    assert school.one("SELECT count(*) FROM alerts_notification n JOIN accounts_person p ON p.id = n.person_id WHERE p.number = %s"
                      " AND n.code = 'record.mentioned' AND n.source_id = %s", DISPATCHER, order) == 1
    context.close()
