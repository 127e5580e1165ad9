"""An existing register comes in from a sheet: each bad row is told with its reason, nothing half-written, few statements for many."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assets.factories import CategoryAttributeFactory, EquipmentCategoryFactory, EquipmentModelFactory
from assets.models import Equipment, EquipmentCategory, EquipmentModel
from bench import equipment_sheet
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from tests.core.bringing import checked, complaints, excel, loaded, ran, told, undone, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker", "media")]
ROWS = int(os.environ.get("IMPORT_ROWS", "1500"))  # IMPORT_ROWS=20000 brings in 20,000 with 300 mistakes


def served_s() -> float:
    """CPU seconds that the database has spent for this connection; zero where its processes cannot be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        told = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not told.exists():
        return 0
    user, system = told.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def test_a_long_sheet_of_equipment_names_each_bad_row_and_takes_few_statements(tmp_path: Path) -> None:
    root = EquipmentCategoryFactory(code="machines", group_allowed=True)
    kinds = [EquipmentCategoryFactory(code=f"kind-{n}", parent=root, group_allowed=True) for n in range(8)]
    CategoryAttributeFactory(category=root, code="power_kw", name_zh="功率", type="number", unit="kW")
    building = BuildingFactory()
    rooms = [RoomFactory(parent=building, code=f"R{n}") for n in range(20)]
    EquipmentModelFactory(category=kinds[0], maker="厂家 3", name="M-3")
    by = person_with("facilities_manager")
    by.language = "en"
    by.save()
    mistakes = ROWS * 300 // 20_000
    planted = equipment_sheet.write(tmp_path / "things.xlsx", ROWS, mistakes, [one.code for one in kinds], [one.code for one in rooms])
    assert len(planted) == mistakes
    began, spent, served = time.monotonic(), time.process_time(), served_s()
    batch = checked(upload("assets.equipment", (tmp_path / "things.xlsx").read_bytes(), by), mode="skip")
    print(f"{ROWS} rows read and checked: {time.monotonic() - began:.1f} s, of it {time.process_time() - spent:.1f} s CPU here "
          f"and {served_s() - served:.1f} s in the database")
    assert told(batch) == {"new": ROWS - mistakes, "bad": mistakes}
    assert {row: (column, value) for row, column, value, _reason in complaints(batch)} == planted
    assert {(column, reason) for _row, column, _value, reason in complaints(batch)} == {
        ("设备分类", "There is no equipment category “NOPE”, or you may not see it."),
        ("存放地点", "There is no place “NOWHERE”, or you may not see it."),
        ("购置日期", "Write the day as 2026-09-01."),
        ("原值", "Ensure this value is greater than or equal to 0."),
        ("固定资产编号", "Another thing already has this fixed asset number."),
        ("", "One thing has one piece; several are kept as a group."),
        ("设备名称", "This field is required."),
    }
    assert not Equipment.objects.exists()  # a check writes nothing
    perform(batch, "load", by=by)
    began, spent, served = time.monotonic(), time.process_time(), served_s()
    with CaptureQueriesContext(connection) as statements:
        batch = ran(batch)
    print(f"{ROWS} rows written: {len(statements)} statements, {time.monotonic() - began:.1f} s, of it {time.process_time() - spent:.1f} s "
          f"CPU here and {served_s() - served:.1f} s in the database")
    assert (batch.state, told(batch)) == ("imported", {"new": ROWS - mistakes, "bad": mistakes})
    assert len(statements) <= ROWS * 0.1
    assert Equipment.objects.filter(status="in_service").count() == ROWS - mistakes
    assert Equipment.objects.filter(number=None).count() == 0
    thing = Equipment.objects.get(fixed_asset_no="FA000003")
    assert (thing.model, thing.attributes, thing.tracking) == (EquipmentModel.objects.get(), {"power_kw": 3}, "unit")
    assert Equipment.objects.get(fixed_asset_no="FA000009").quantity == 24
    batch = undone(batch)
    assert (batch.counts["undone"], Equipment.objects.count()) == (ROWS - mistakes, 0)


def test_facts_that_the_category_does_not_have_are_told_and_a_second_sheet_changes_only_what_differs() -> None:
    kind = EquipmentCategoryFactory(code="lift")
    CategoryAttributeFactory(category=kind, code="load_kg", name_zh="额定载重", type="number")
    room, by = RoomFactory(code="R1"), person_with("facilities_manager")
    head = ["设备名称", "设备分类", "存放地点", "启用日期", "技术参数"]
    batch = loaded(
        upload(
            "assets.equipment",
            excel(
                [
                    head,
                    ["电梯 1", "lift", "R1", "2024-01-01", "额定载重=1,000"],
                    ["电梯 2", "lift", "R1", "2024-01-01", "层站=6"],
                    ["电梯 3", "lift", "R1", "2024-01-01", "额定载重=很重"],
                ]
            ),
            by,
        ),
        mode="skip",
    )
    assert told(batch) == {"new": 1, "bad": 2}
    lift = Equipment.objects.get()
    assert (lift.attributes, lift.place) == ({"load_kg": 1000}, room)
    batch = loaded(
        upload("assets.equipment", excel([["编号", *head], [lift.number, "一号梯", "lift", "R1", "2024-01-01", "额定载重=1000"]]), by)
    )
    lift.refresh_from_db()
    assert (told(batch), lift.name_zh, lift.attributes) == ({"changed": 1}, "一号梯", {"load_kg": 1000})


def test_models_and_categories_come_in_from_sheets_too() -> None:
    by = person_with("facilities_manager")
    sheet = [["编码", "上级", "名称", "可成批"], ["chair", "furniture", "课椅", "是"], ["furniture", "", "家具", ""]]
    batch = checked(upload("assets.equipmentcategory", excel(sheet), by), mapping=["code", "parent", "name_zh", "group_allowed"])
    assert (told(batch), complaints(batch)) == ({"new": 2}, [])
    perform(batch, "load", by=by)
    ran(batch)
    chair = EquipmentCategory.objects.get(code="chair")
    assert (chair.parent, chair.group_allowed) == (EquipmentCategory.objects.get(code="furniture"), True)
    sheet = [["厂家", "型号", "类别", "单价", "年份"], ["海岚", "K-1", "chair", "90", "2026"], ["海岚", "K-2", "chair", "90", ""]]
    batch = loaded(upload("assets.equipmentmodel", excel(sheet), by), mode="skip",
                   mapping=["maker", "name", "category", "replacement_cost", "price_year"])
    assert told(batch) == {"new": 1, "bad": 1}  # a price needs its year
    assert str(EquipmentModel.objects.get()) == "海岚 K-1"
