"""Stewardships, bells and the supply map come in from sheets: bad rows are told, the rest comes in, all of it can be undone."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from assets.factories import EquipmentFactory
from assets.models import CriticalLoad, Supply
from logistics.accounts.factories import PersonFactory
from logistics.campus.factories import BuildingFactory, CampusFactory, PlaceFactory
from logistics.campus.models import Period, PeriodSet, Stewardship
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from tests.core.bringing import checked, excel, loaded, undone, upload

pytestmark = pytest.mark.django_db(transaction=True)


def brought(kind: str, rows: list[list[Any]], by: Any) -> Any:
    return loaded(upload(kind, excel(rows), by), mode="skip")


def problems(batch: Any) -> list[tuple[int, str]]:
    return list(batch.problems.order_by("row").values_list("row", "reason"))


def test_a_list_of_who_looks_after_what_comes_in_with_bad_rows_told_and_is_undone() -> None:
    director = person_with("logistics_director")
    building = BuildingFactory(code="MD", name_zh="明德楼", name_en="Mingde Hall")
    for number, name in (("S7001", "陈立"), ("S7002", "周敏")):
        PersonFactory(number=number, name_zh=name, name_en="", kinds=["staff"])
    batch = brought(
        "campus.stewardship",
        [
            ["责任人", "角色", "场所编码", "开始日期", "结束日期"],
            ["S7001", "房间管理员", "MD", "2026-09-01", ""],
            ["周敏", "safety_officer", "明德楼", "2026/9/1", "2027年1月31日"],
            ["S7001", "房间管理员", "MD", "2026-10-01", ""],
            ["S7002", "校长", "MD", "2026-09-01", ""],
            ["S7009", "房间管理员", "MD", "2026-09-01", ""],
            ["S7002", "房间管理员", "MD", "2026-09-01", "2026-08-01"],
        ],
        director,
    )
    assert (batch.counts["new"], batch.counts["bad"]) == (2, 4), problems(batch)
    told = problems(batch)
    assert [row for row, _reason in told] == [4, 5, 6, 7]
    keeper, officer = Stewardship.objects.order_by("role")
    assert (keeper.person.number, keeper.role, keeper.place, keeper.granted_by) == ("S7001", "place_keeper", building, director)
    assert keeper.during.lower == clock.midnight(date(2026, 9, 1)) and keeper.during.upper is None
    assert (officer.person.number, officer.during.upper) == ("S7002", clock.midnight(date(2027, 2, 1)))
    undone(batch)
    assert not Stewardship.objects.exists()


def test_nobody_entrusts_by_a_sheet_what_he_may_not_entrust_on_the_page() -> None:
    manager = person_with("facilities_manager")
    BuildingFactory(code="MD")
    PersonFactory(number="S7001", kinds=["staff"])
    rows = [["Person", "Role", "Place", "From"], ["S7001", "facilities_manager", "MD", "2026-09-01"]]
    batch = checked(upload("campus.stewardship", excel(rows), manager))
    assert (batch.counts["new"], batch.counts["bad"]) == (0, 1), batch.counts
    assert not Stewardship.objects.exists()
    assert client_of(person_with("technician")).get("/campus/stewardships/import/").status_code == 403


def test_a_bell_timetable_is_one_row_with_its_periods_in_a_cell() -> None:
    keeper = person_with("calendar_keeper")
    CampusFactory(code="M", parent=PlaceFactory(kind="school"))
    periods = "08:00-08:40 第一节；08:50-09:30 第二节\n09:30-10:00 大课间"
    batch = brought(
        "campus.periodset",
        [
            ["场所编码", "学段", "季节", "开始日期", "结束日期", "节次"],
            ["M", "小学", "", "2026-09-01", "", periods],
            ["M", "初中", "夏令时", "2026-09-01", "2027-07-10", "08:00-08:45 第一节"],
            ["M", "小学", "", "2027-01-01", "", "08:00-08:40 第一节"],
            ["M", "高中", "", "2026-09-01", "", "08:00-08:40 第一节; 08:30-09:10 第二节"],
        ],
        keeper,
    )
    assert (batch.counts["new"], batch.counts["bad"]) == (2, 2)
    assert [row for row, _reason in problems(batch)] == [4, 5]
    assert "已有同学段、同季节的作息表" in problems(batch)[0][1] and "第 2 行" in problems(batch)[1][1]
    primary = PeriodSet.objects.get(stage="primary")
    assert list(primary.periods.values_list("no", "name", "start_min", "end_min")) == [
        (1, "第一节", 480, 520),
        (2, "第二节", 530, 570),
        (3, "大课间", 570, 600),
    ]
    assert PeriodSet.objects.get(stage="junior").valid.upper == date(2027, 7, 11)
    undone(batch)
    assert (PeriodSet.objects.count(), Period.objects.count()) == (0, 0)


def test_the_supply_map_and_its_critical_loads_come_in_and_doubles_are_refused() -> None:
    manager = person_with("facilities_manager")
    building = BuildingFactory(code="MD")
    valve = EquipmentFactory(place=building)
    PersonFactory(number="S7001", kinds=["staff"])
    batch = brought(
        "assets.supply",
        [
            ["供给设备", "供给场所", "供给类别", "占比"],
            [valve.number, "MD", "水", ""],
            [valve.number, "MD", "water", "50"],
            [valve.number, "MD", "电", "60"],
            [valve.number, "MD", "燃气", "160"],
        ],
        manager,
    )
    assert (batch.counts["new"], batch.counts["bad"]) == (2, 2)
    assert [row for row, _reason in problems(batch)] == [3, 5] and "已登记" in problems(batch)[0][1]
    assert list(Supply.objects.order_by("utility").values_list("utility", "share")) == [("electricity", 60), ("water", None)]
    loads = brought(
        "assets.criticalload", [["Place", "Utility", "Who answers for it", "What it needs"], ["MD", "Water", "S7001", "x"]], manager
    )
    assert (loads.counts["new"], CriticalLoad.objects.get().place) == (1, building)
    undone(batch)
    undone(loads)
    assert not Supply.objects.exists() and not CriticalLoad.objects.exists()


@pytest.mark.parametrize(
    ("who", "url", "heads"),
    [
        (
            "logistics_director",
            "/campus/stewardships/import/",
            ["Person *", "Role *", "Place *", "On behalf of department", "From", "Last day"],
        ),
        ("calendar_keeper", "/campus/bells/import/", ["Holds in *", "Stage *", "Season", "From *", "Last day", "Lesson periods *"]),
        ("facilities_manager", "/assets/supply/import/", ["Fed by *", "Place *", "Utility *", "Share of the need (%)"]),
    ],
)
def test_each_has_a_sheet_to_fill_in(who: str, url: str, heads: list[str]) -> None:
    browser = client_of(person_with(who))
    page = browser.get(url)
    assert page.status_code == 200 and "as=import" not in page.content.decode()
    book = openpyxl.load_workbook(io.BytesIO(browser.get(url.replace("import/", "import/template/")).content))
    assert [cell.value for cell in book.worksheets[0][1]] == heads
    assert any("Every row makes a new one" in str(cell.value) for row in book.worksheets[1] for cell in row)
