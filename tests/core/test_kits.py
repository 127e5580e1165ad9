"""The kits of every page: one chart, one report on paper, one board."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from pypdf import PdfReader

from logistics.accounts.factories import PersonFactory
from logistics.core import charts, clock
from logistics.core.pdf.report import Drawing, Facts, Report, Table, Words
from logistics.core.testing.world import client_of, person_with
from maintenance.factories import RepairRequestFactory, WorkOrderFactory


def drawn(chart: charts.Chart) -> str:
    return render_to_string("core/parts/chart.html", {"chart": chart})


def line(values: list[float | None], **more: Any) -> charts.Chart:
    labels = [f"{n}.10" for n in range(len(values))]
    return charts.line_chart(
        title="Repairs on time stand at 92.4%",
        note="Share, by week",
        labels=labels,
        series=[("On time", values)],
        unit="%",
        target=90,
        **more,
    )


def words_of(pdf: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


# charts --------------------------------------------------------------------------------------------------------------
def test_a_chart_states_its_finding_and_holds_its_table_without_inline_style_or_script() -> None:
    page = drawn(line([88.0, 92.4]))
    assert "<h2>Repairs on time stand at 92.4%</h2>" in page
    assert "Target 90%" in page and "<summary>Show as a table</summary>" in page
    assert '<th scope="row">1.10</th><td class="hq-end">92.4%</td>' in page
    assert 'aria-hidden="true"' in page and "style=" not in page and "<script" not in page


@pytest.mark.parametrize(("values", "state", "table"), [([], "empty", False), ([None, None], "empty", False), ([None, 80.0], "few", True)])
def test_with_nothing_or_too_little_to_draw_words_stand_in_its_place(values: list[float | None], state: str, table: bool) -> None:
    chart = line(values)
    page = drawn(chart)
    assert chart.state == state
    assert ("<polyline" in page, "<table" in page, "hq-note" in page) == (False, table, True)


def test_bars_without_any_value_say_so() -> None:
    assert "There is nothing to draw yet." in drawn(charts.bar_chart(title="t", note="n", labels=["a"], values=[0]))
    assert "<rect" in drawn(charts.bar_chart(title="t", note="n", labels=["a"], values=[1]))


def test_a_drawing_for_paper_needs_no_style_sheet_and_escapes_names() -> None:
    svg = charts.standalone(charts.bar_chart(title="t", note="n", labels=["</svg><x>"], values=[3]))
    assert svg.startswith("<svg xmlns=") and ".c1{fill:" in svg and "<x>" not in svg


# paper ---------------------------------------------------------------------------------------------------------------
def test_a_report_has_its_parts_in_order_and_says_which_page_it_is_in_both_languages() -> None:
    rows = [[f"GD-{n:03d}", "水龙头滴水", "1,200.50"] for n in range(70)]
    for language, page_words in (("en", "Page1of3"), ("zh-hans", "第1页，共3页")):
        with override(language):
            report = Report(
                "维修月报",
                [
                    Facts([("月份", "2026-10")]),
                    Words("一句话", title="摘要"),
                    Drawing([line([88.0, 92.4])]),
                    Table(["编号", "问题", "金额"], rows, title="明细", numbers=(2,), total=["合计", "", "84,035.00"]),
                ],
                number="2026-10",
                school="梧桐实验学校",
                signatures=["主管", "主任"],
                footnote="完",
            )
            pages = words_of(report.pdf())
        assert len(pages) == 3
        first = pages[0]
        places = [
            first.index(text) for text in ("梧桐实验学校", "维修月报2026-10", page_words, "月份", "摘要", "Repairsontime", "明细", "GD-000")
        ]
        assert places == sorted(places)
        assert all("编号" in page for page in pages[:3])
        assert "合计84,035.00" in pages[-1] and "主管主任" in pages[-1] and pages[-1].endswith("完")


def test_text_cannot_become_a_command_of_the_typesetter() -> None:
    text = '#panic("x") $x$ *bold* \\ `raw` <label> @ref'
    page = words_of(Report(text, [Words(text), Facts([(text, text)]), Table([text], [[text]])]).pdf())[0]
    assert page.count(re.sub(r"\s", "", text)) == 6


@pytest.mark.django_db
def test_a_list_is_printed_as_it_is_filtered() -> None:
    keep, drop = (
        WorkOrderFactory(state="open"),
        WorkOrderFactory(state="closed", closed_at="2026-11-01T00:00Z", done_at="2026-11-01T00:00Z"),
    )
    client = client_of(person_with("facilities_manager"))
    answer = client.get(reverse("maintenance:workorder-print"), {"state": "open"}, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text = "".join(words_of(answer.content))
    assert keep.number in text and drop.number not in text and "1row" in text and "FilteredbyToassign" in text
    assert client_of(PersonFactory(kinds=["student"])).get(reverse("maintenance:workorder-print")).status_code == 403


@pytest.mark.django_db
def test_the_monthly_report_holds_figures_charts_and_late_orders_for_whoever_answers_for_them() -> None:
    client = client_of(person_with("facilities_manager"))
    answer = client.get(reverse("maintenance:figures-report"), {"month": "2026-10"}, headers={"Accept-Language": "en"})
    text = "".join(words_of(answer.content))
    assert answer.status_code == 200
    assert "Monthlyrepairreport2026-10" in text and "October2026" in text and "Noopenorderislate." in text and "Facilitiesmanager" in text
    assert client.get(reverse("maintenance:figures-report"), {"month": "2999-01"}).status_code == 404
    assert client.get(reverse("maintenance:figures-report"), {"month": "x"}).status_code == 404
    assert client_of(person_with("technician")).get(reverse("maintenance:figures-report")).status_code == 403


# board ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_board_shows_each_state_as_a_lane_with_what_its_reader_may_see() -> None:
    from logistics.campus.factories import CampusFactory

    order, request = WorkOrderFactory(state="open"), RepairRequestFactory(state="submitted")
    manager = client_of(person_with("facilities_manager"))
    page = manager.get(reverse("maintenance:workorder-board")).content.decode()
    assert page.count('class="hq-lane"') == 6 and order.number in page
    assert reverse("maintenance:workorder-moves", args=[order.pk]) in page
    assert request.number in manager.get(reverse("maintenance:repairrequest-board")).content.decode()
    elsewhere = client_of(person_with("dispatcher", place=CampusFactory()))
    assert order.number not in elsewhere.get(reverse("maintenance:workorder-board")).content.decode()
    assert elsewhere.get(reverse("maintenance:workorder-moves", args=[order.pk])).status_code == 404
    assert client_of(PersonFactory(kinds=["student"])).get(reverse("maintenance:workorder-board")).status_code == 403


@pytest.mark.django_db
def test_a_lane_in_which_somebody_has_begun_too_much_says_so_counting_all_of_it() -> None:
    lead = PersonFactory(name_en="Chen Li", name_zh="陈立")
    url, client = reverse("maintenance:workorder-board"), client_of(person_with("facilities_manager"))
    for _ in range(2):
        WorkOrderFactory(state="in_progress", lead=lead)
    assert "is-over" not in client.get(url).content.decode()
    WorkOrderFactory(state="in_progress", lead=lead)
    assert "At most 2 at once; Chen Li has 3." in client.get(url, headers={"Accept-Language": "en"}).content.decode()


@pytest.mark.django_db
def test_a_board_costs_the_same_with_2_orders_and_with_30_in_every_lane() -> None:
    from django.core.cache import cache
    from django.db import connection

    client, url = client_of(person_with("facilities_manager")), reverse("maintenance:workorder-board")

    def cost() -> int:
        cache.clear()
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    def place_in(state: str) -> None:
        done_at = clock.now() if state == "done" else None
        WorkOrderFactory(state=state, lead=None if state == "open" else PersonFactory(), done_at=done_at)

    states = ("open", "assigned", "accepted", "in_progress", "on_hold", "done")
    for state in states:
        for _ in range(2):
            place_in(state)
    few = cost()
    for state in states:
        for _ in range(12):
            place_in(state)
    assert cost() == few <= 24


@pytest.mark.django_db
def test_the_alert_figures_count_by_week_and_are_for_those_who_watch() -> None:
    from logistics.alerts.factories import AlertFactory

    for _ in range(3):
        AlertFactory()
    page = client_of(person_with("facilities_manager")).get(reverse("alerts:figures"), headers={"Accept-Language": "en"}).content.decode()
    assert "3 alerts in twelve weeks." in page and "More alerts this week: 3 after 0" in page
    assert client_of(PersonFactory(kinds=["student"])).get(reverse("alerts:figures")).status_code == 403
    alerts = client_of(person_with("facilities_manager")).get(reverse("alerts:alert-list")).content.decode()
    assert f'href="{reverse("alerts:figures")}"' in alerts
