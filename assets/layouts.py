"""Ledgers of equipment as authorities ask for them (特种设备台账、灭火器台账)."""

from __future__ import annotations

from logistics.core.transfer.layouts import layout

layout(
    "special-equipment", "assets.equipment", "特种设备台账", "Register of special equipment",
    ("序号", "#"), ("设备类别", "category"), ("设备名称", "name"), ("型号", "model_name"), ("设备代码", "device_code"),
    ("使用登记证编号", "registration_no"), ("单位内编号", "number"), ("产品编号", "serial_no"), ("制造单位", "maker"),
    ("使用地点", "place_place_label"), ("投用日期", "commissioned_on"), ("使用状态", "use_state"), ("检验日期", "inspected_on"),
    ("检验结论", "inspected_result"), ("检验报告编号", "inspected_no"), ("检验机构", "inspected_by"), ("下次检验日期", "certified_until"),
    ("维保单位", "contractor_name"), ("安全管理人员", "keeper_seen_zh"), ("备注", ""),
)  # fmt: skip
layout(
    "extinguishers", "assets.equipment", "灭火器台账", "Ledger of extinguishers",
    ("序号", "#"), ("编号", "number"), ("类型", "category"), ("灭火剂", "agent"), ("型号规格", "model_name"), ("数量", "quantity"),
    ("设置部位", "place_place_label"), ("生产厂家", "maker"), ("购置日期", "purchased_on"), ("启用日期", "commissioned_on"),
    ("报废年限（年）", "years"), ("最近检查日期", "checked_on"), ("最近维修检测日期", "inspected_on"),
    ("下次维修检测日期", "certified_until"), ("状态", "use_state"), ("责任人", "keeper_seen_zh"),
)  # fmt: skip
