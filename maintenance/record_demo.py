"""What hangs on the records of the demo school: papers, words that name somebody, links and people who follow."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from assets.models import Equipment
from logistics.core import clock
from logistics.core.demo import World
from logistics.core.records import comments, files, following, links
from maintenance.models import RepairRequest, WorkOrder

# name of the file, kind of paper, title, what it says under which heads
MANUAL = ("开水器使用说明.pdf", "manual", "开水器使用说明", (
    ("每天", "早上 6:30 前看一次水位和温度表；台面和接水盘擦干。"),
    ("每周", "打开排污阀放水 3 分钟，直到水清；记下温控器的设定值。"),
    ("出现漏水或不加热", "关电源、关进水阀，挂停用牌，在设备标签上扫码报修。"),
))
TEST_SHEET = ("漏电保护测试.pdf", "report", "漏电保护测试记录", (
    ("方法", "带负载按试验按钮三次，再用测试仪测动作电流和时间。"), ("结果", "动作电流 21 mA，动作时间 28 ms，三次都跳闸。"),
))
PLAN = ("给水阀门位置图.pdf", "drawing", "给水阀门位置", (
    ("总阀", "一楼楼梯间东侧管井，红色手轮。"), ("各层分阀", "每层卫生间门外吊顶检修口内，扳手放在一楼值班室。"),
))


def paper(spec: tuple[str, str, str, tuple[tuple[str, str], ...]]) -> SimpleUploadedFile:
    """A file as somebody would upload it."""
    from logistics.core.pdf.report import Report, Words

    name, _label, title, parts = spec
    with override("zh-hans"):
        return SimpleUploadedFile(name, Report(title, [Words(text, title=head) for head, text in parts]).pdf(), "application/pdf")


def load(world: World) -> None:
    """A manual, a drawing and a test sheet; two talks about orders on hold; one link; the manager follows what waits."""
    named = world["named"]
    desk, manager = named["S1001"], named["S1002"]

    def then(hours: float, act: Any, *args: Any, **more: Any) -> None:
        with clock.standing_at(world.now - timedelta(hours=hours)):
            act(*args, **more)

    boiler = Equipment.objects.filter(category__code="boiler").order_by("pk").first()
    if boiler is not None:
        then(700, files.add, boiler, [paper(MANUAL)], by=manager, label=MANUAL[1])
    then(900, files.add, world["buildings"][0], [paper(PLAN)], by=manager, label=PLAN[1])
    held = list(WorkOrder.objects.filter(state="on_hold").select_related("lead", "category").order_by("pk")[:2])
    for order, words in zip(held, ("@%s 仓库说配件周四到，到了先做这一单。", "@%s 外单位周五上午来，请到东门接一下。"), strict=False):
        then(1.5, comments.write, order, words % order.lead.name_zh, by=desk, internal=True)
        then(1.4, following.follow, order, manager)
        then(1.2, comments.write, order, "收到。", by=order.lead, internal=True)
    if held:
        then(2, files.add, held[0], [paper(TEST_SHEET)], by=held[0].lead, label=TEST_SHEET[1])
        earlier = WorkOrder.objects.filter(state="closed", category=held[0].category).order_by("-closed_at").first()
        if earlier is not None:
            then(1, links.link, held[0], earlier, by=desk, type="caused")
    drip = RepairRequest.objects.filter(place__code="MD-302", state="submitted").order_by("-pk").first()
    if drip is not None:
        then(0.1, following.follow, drip, manager)
        then(0.05, comments.write, drip, f"@{manager.name_zh} 地上有水，已请保洁先拖干，阀门要不要整排换？", by=desk, internal=True)
