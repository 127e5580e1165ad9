"""The ledger of hidden dangers as authorities ask for it (隐患排查治理台账)."""

from __future__ import annotations

from logistics.core.transfer.layouts import layout

layout(
    "hidden-dangers", "maintenance.finding", "隐患排查治理台账", "Ledger of hidden dangers",
    ("序号", "#"), ("隐患编号", "number"), ("排查日期", "found_at"), ("隐患部位", "place_label"), ("隐患内容", "title"),
    ("隐患类别", "get_domain_display"), ("隐患等级", "get_level_display"), ("排查人", "found_by_name"), ("整改措施", "measures"),
    ("整改资金（元）", "money"), ("整改责任人", "responsible_name"), ("整改时限", "rectify_by"), ("应急预案", "plan_text"),
    ("整改完成日期", "rectified_at"), ("整改人", "rectified_by_name"), ("复查日期", "verified_at"), ("复查人", "verified_by_name"),
    ("状态", "state"), ("备注", ""),
)  # fmt: skip
