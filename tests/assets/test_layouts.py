"""Ledgers in the order and under the headings of an authority: chosen at the export of a list, edited by the manager."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.certificates.factories import RequirementFactory, SchemeFactory, StatutoryRecordFactory
from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from logistics.accounts.factories import OrganisationFactory, PersonFactory
from logistics.campus.factories import RoomFactory
from logistics.core.models import ExportLayout
from logistics.core.testing.world import client_of, person_with
from maintenance.findings.factories import FindingFactory

pytestmark = pytest.mark.django_db
EXPORT = reverse("assets:equipment-export")


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return list(book.active.iter_rows(values_only=True))


def test_the_register_of_special_equipment_goes_out_in_the_order_of_the_authority_and_in_chinese() -> None:
    kind = EquipmentCategoryFactory(kind="special", name_zh="电梯", name_en="Lift")
    room, officer = RoomFactory(), person_with("safety_officer")
    lift = EquipmentFactory(
        category=kind,
        place=room,
        name_zh="客梯",
        name_en="Passenger lift",
        device_code="31103",
        registration_no="梯11",
        maker="某厂",
        commissioned_on=date(2019, 9, 3),
        keeper=PersonFactory(),
    )
    EquipmentFactory(category=kind, place=room, name_zh="货梯", name_en="Goods lift")
    scheme = SchemeFactory(body_required=True)
    body = OrganisationFactory(name_zh="省特检院", name_en="Institute")
    for day, number in ((date(2025, 2, 3), "T-1"), (date(2026, 2, 3), "T-2")):
        StatutoryRecordFactory(
            equipment=lift,
            place=None,
            scheme=scheme,
            action="inspect",
            performed_on=day,
            valid_until=None,
            result="pass",
            certificate_no=number,
            body=body,
        )
    StatutoryRecordFactory(equipment=lift, place=None, scheme=scheme, action="check", performed_on=date(2026, 9, 1), valid_until=None)
    RequirementFactory(equipment=lift, scheme=scheme, action="inspect", next_due_on=date(2027, 1, 31))
    browser = client_of(officer)
    listed = browser.get(reverse("assets:equipment-list") + f"?category={kind.pk}&sort=name_zh").content.decode()
    assert "choose=1" in listed
    dialog = browser.get(EXPORT + f"?category={kind.pk}&sort=name_zh&choose=1").content.decode()
    assert ("Register of special equipment" in dialog, "Ledger of extinguishers" in dialog, "Ledger of hidden dangers" in dialog) == (
        True,
        True,
        False,
    )
    answer = browser.post(EXPORT + f"?category={kind.pk}&sort=name_zh&choose=1", {"layout": "special-equipment", "format": "xlsx"})
    rows = sheet(browser.get(answer["Location"]))
    assert rows[0] == (
        "序号",
        "设备类别",
        "设备名称",
        "型号",
        "设备代码",
        "使用登记证编号",
        "单位内编号",
        "产品编号",
        "制造单位",
        "使用地点",
        "投用日期",
        "使用状态",
        "检验日期",
        "检验结论",
        "检验报告编号",
        "检验机构",
        "下次检验日期",
        "维保单位",
        "安全管理人员",
        "备注",
    )
    told = {row[2]: row for row in rows[1:]}
    assert [row[0] for row in rows[1:]] == [1, 2]
    one = told["客梯"]
    assert (one[1], one[4], one[5], one[8], one[11], one[14], one[15], one[19]) == (
        "电梯",
        "31103",
        "梯11",
        "某厂",
        "在用",
        "T-2",
        "省特检院",
        None,
    )
    assert [str(one[n])[:10] for n in (10, 12, 16)] == ["2019-09-03", "2026-02-03", "2027-01-31"]
    assert one[13] == "合格"
    assert told["货梯"][12:17] == (None, None, None, None, None)


def test_a_manager_changes_a_layout_and_a_column_that_is_not_there_is_refused() -> None:
    boss = client_of(person_with("facilities_manager"))
    row = ExportLayout.objects.get(code="special-equipment")
    url = reverse("core:exportlayout-edit", args=[row.pk])
    fields = {"name_zh": row.name_zh, "name_en": row.name_en, "active": "on"}
    wrong = boss.post(url, fields | {"columns": "名称 = nam"})
    assert (wrong.status_code, "There is no column “nam”." in wrong.content.decode()) == (422, True)
    assert boss.post(url, fields | {"columns": "名称 = name\n台数 = quantity\n签字"}).status_code == 302
    EquipmentFactory(name_zh="泵", quantity=1)
    assert sheet(boss.get(EXPORT + "?as=special-equipment")) == [("名称", "台数", "签字"), ("泵", 1, None)]
    assert boss.post(url, fields | {"columns": "名称 = name", "active": ""}).status_code == 302
    assert 'value="special-equipment"' not in boss.get(EXPORT + "?choose=1").content.decode()
    made = {
        "kind": "maintenance.finding",
        "code": "dangers-short",
        "name_zh": "隐患简表",
        "name_en": "",
        "columns": "编号 = number",
        "active": "on",
    }
    assert boss.post(reverse("core:exportlayout-add"), made).status_code == 302
    assert ExportLayout.objects.get(code="dangers-short").kind == "maintenance.finding"


def test_hidden_dangers_go_out_as_their_ledger_and_others_get_the_list_as_before() -> None:
    finding = FindingFactory(title_zh="应急灯不亮", measures="换灯")
    officer = person_with("safety_director")
    rows = sheet(client_of(officer).get(reverse("maintenance:finding-export") + "?as=hidden-dangers"))
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["序号"], line["隐患编号"], line["隐患内容"], line["整改措施"]) == (1, finding.number, "应急灯不亮", "换灯")
    other = client_of(person_with("dispatcher"))
    assert "choose=1" not in other.get(reverse("assets:equipment-list")).content.decode()
    EquipmentFactory()
    assert sheet(other.get(EXPORT + "?as=special-equipment"))[0][0] != "序号"
    assert "special-equipment" not in other.get(reverse("core:exportlayout-list")).content.decode()


def test_a_layout_costs_no_statement_for_each_row() -> None:
    boss, counted = client_of(person_with("facilities_manager")), []
    for many in (2, 12):
        for _n in range(many):
            EquipmentFactory()
        boss.get(EXPORT + "?as=special-equipment")
        with CaptureQueriesContext(connection) as seen:
            b"".join(boss.get(EXPORT + "?as=special-equipment").streaming_content)
        counted.append(len(seen))
    assert counted[0] == counted[1]
