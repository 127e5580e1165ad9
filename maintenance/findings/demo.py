"""Dangers of a year and a half: nearly all removed in time, seven open, one of them major."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from logistics.campus.models import Place, label_of
from logistics.core.demo import World
from logistics.core.models import Event, NumberSeries
from maintenance.findings.services import _recheck_item, as_found, same_key, watch
from maintenance.models import ChecklistRun, Finding, FindingAnswer, ItemAnswer
from maintenance.rounds import demo as rounds

COUNT = 380
# Chinese, English, domain, severity, weight
KINDS = (
    ("疏散通道堆放桌椅", "Desks stored in the escape way", "fire", "major", 5), ("应急照明灯不亮", "Emergency light does not work", "fire", "minor", 9),
    ("防火门闭门器损坏", "Closer of a fire door is broken", "fire", "minor", 8), ("灭火器压力不足", "Extinguisher without pressure", "fire", "major", 6),
    ("宿舍违规使用电热器具", "Forbidden heater in a dormitory room", "fire", "major", 5), ("插座面板松动", "Loose socket", "equipment", "minor", 9),
    ("配电箱无警示标志", "Switchboard without warning sign", "equipment", "observation", 5), ("栏杆连接件松动", "Loose joint of a railing", "building", "major", 3),
    ("吊顶有渗水痕迹", "Traces of water on the ceiling", "building", "minor", 6), ("外墙面砖空鼓", "Hollow tiles on the outer wall", "building", "major", 2),
    ("试剂柜未上锁", "Cabinet of reagents not locked", "laboratory", "major", 3), ("冷藏柜温度偏高", "Fridge too warm", "food_safety", "minor", 4),
    ("油烟管道积油", "Grease in the exhaust duct", "food_safety", "major", 2), ("监控摄像头离线", "Camera is offline", "security", "minor", 5),
    ("减速带破损", "Broken speed bump", "traffic", "observation", 3), ("单杠锈蚀", "Rusty horizontal bar", "other", "minor", 3),
)
PASSES = {"fridge": "5", "pressure": "0.3", "clean": "干净"}  # what is right where numbers or choices are asked
DAYS = {"critical": 1, "major": 7, "minor": 30, "observation": None}


def load(world: World) -> None:
    """After the rounds: the removed ones in bulk with their evidence; then the open ones."""
    rounds.load(world)
    item = _recheck_item()
    places = list(Place.objects.filter(kind="room").order_by("pk"))
    finders, officer = world["inspectors"], world["safety"]
    menders = [person for people in world["crews"].values() for person in people]
    rows: list[Finding] = []
    links: list[tuple[Finding, Any]] = []
    numbers: dict[int, int] = {}
    wrong = list(ItemAnswer.objects.filter(verdict="fail").select_related("item__version", "run__place", "run__equipment", "run__visit__round").order_by("judged_at"))
    first: dict[Any, Any] = {}
    for one in wrong:
        first.setdefault((one.item.key, one.item.version_id, one.run.place_id, one.run.equipment_id), one)
    wrong, again = list(first.values()), [one for one in wrong if one not in first.values()]
    since = wrong[0].judged_at if wrong else world.now
    older = COUNT - 7 - len(wrong)
    spread = (since - (world.now - timedelta(days=540))) / older
    moments = [since - (n + world.random.random()) * spread for n in range(older)]
    stories: list[tuple[Any, Any]] = [(at, None) for at in sorted(moments)] + [(one.judged_at, one) for one in wrong] + [(world.now, None)] * 7
    for n, (at, seen_by) in enumerate(stories):
        left = COUNT - n
        zh, en, domain, severity, _weight = world.pick(KINDS, [kind[4] for kind in KINDS])
        place, open_ = world.pick(places), left <= 7
        if seen_by is not None:
            what_zh, what_en = as_found(seen_by.item, seen_by.value)
            zh, en = f"{seen_by.item.text_zh}{what_zh}", f"{seen_by.item.text_en}{what_en}"
            place, severity, domain = seen_by.run.place, seen_by.item.fail_severity, seen_by.run.visit.round.domain
        due = at + timedelta(days=DAYS[severity]) if DAYS[severity] else None
        took = timedelta(hours=world.random.randint(4, 100 if severity == "major" else 400))
        if not open_ and due and at + took > due and not world.chance(0.35):
            took = (due - at) * 0.7
        done = min(at + took, world.now - timedelta(hours=20))
        seen = min(done + timedelta(hours=world.random.randint(2, 18)), world.now - timedelta(hours=1))
        mender = world.pick(menders)
        numbers[at.year] = numbers.get(at.year, 0) + 1
        row = Finding(number=f"YH-{at.year}-{numbers[at.year]:06d}", title_zh=zh, title_en=en, domain=domain, severity=severity, place=place, place_zh=label_of(place, "zh-hans"),
                      place_en=label_of(place, "en"), item=seen_by.item if seen_by else item, found_at=at,
                      same_key=same_key(seen_by.item) if seen_by else "", equipment=seen_by.run.equipment if seen_by else None,
                      source_kind="maintenance.itemanswer" if seen_by else "", source_id=seen_by.pk if seen_by else None, found_by=seen_by.by if seen_by else world.pick(finders), rectify_by=due, responsible=mender)
        links.append((row, seen_by))
        if open_:
            _open(world, row, left, mender)
        elif seen <= done or done <= at:
            row.state = "void"
        else:
            row.state, row.started_at, row.rectified_at, row.rectified_by = "verified", at + (done - at) / 3, done, mender
            row.verified_at, row.verified_by = seen, officer
            row.rejected_count = 1 if world.chance(0.05) else 0
        rows.append(row)
    _write(world, rows)
    FindingAnswer.objects.bulk_create([FindingAnswer(finding=row, answer=one, at=one.judged_at) for row, one in links if one is not None])
    by_answer = {one.pk: row for row, one in links if one is not None}
    FindingAnswer.objects.bulk_create([FindingAnswer(  # the same thing, found wrong once more
        finding=by_answer[first[one.item.key, one.item.version_id, one.run.place_id, one.run.equipment_id].pk], answer=one, at=one.judged_at) for one in again])
    for year, last in numbers.items():
        NumberSeries.objects.update_or_create(prefix="YH", year=year, defaults={"last": last})


def _open(world: World, row: Finding, left: int, mender: Any) -> None:
    """Seven that are not removed: one major, two late, one to verify, one accepted."""
    row.found_at = world.now - timedelta(days=(2, 3, 5, 9, 4, 12, 1)[left - 1], hours=2)
    if left == 7:
        row.title_zh, row.title_en, row.domain, row.severity, row.level, row.state = "教学楼外墙面砖大面积空鼓", "Hollow tiles over a large part of a teaching building", "building", "major", "major", "rectifying"
        row.measures, row.plan_text, row.money = "拆除空鼓面砖，重做防水和饰面", "划定警戒区，封闭南侧通道，每天巡查", 86000
        row.rectify_by, row.started_at = world.now + timedelta(days=19), row.found_at + timedelta(hours=5)
        return
    severity = ("major", "minor", "major", "major", "minor", "minor")[left - 1]
    zh, en, domain, _severity, _weight = next(kind for kind in KINDS[left:] if kind[3] == severity)
    row.title_zh, row.title_en, row.domain, row.severity = zh, en, domain, severity
    row.rectify_by = row.found_at + timedelta(days=DAYS[severity] or 30)
    if left == 3:
        row.state, row.started_at, row.rectified_at, row.rectified_by = "rectified", row.found_at + timedelta(hours=6), world.now - timedelta(hours=5), mender
    elif left == 4:
        row.state, row.started_at = "rectifying", row.found_at + timedelta(hours=20)
    elif left == 6:
        row.state, row.accepted_until, row.accepted_by, row.accept_reason = "accepted_risk", world.today + timedelta(days=60), world["named"]["S0002"], "等寒假停水时一起更换，期间每周检查。"


def _write(world: World, rows: list[Finding]) -> None:
    """Dangers first without their evidence, then the second look with its answer, then what it brought."""
    states = [(row, row.state, row.verified_at, row.verified_by) for row in rows]
    for row in rows:
        if row.state == "verified":
            row.state, row.verified_at, row.verified_by = "rectified", None, None
    Finding.objects.bulk_create(rows, batch_size=500)
    runs, found = [], []
    for row, state, at, by in states:
        if state == "verified":
            runs.append(ChecklistRun(version_id=row.item.version_id, finding=row, place=row.place, equipment=row.equipment, begun_at=at))
            found.append((row, at, by))
    ChecklistRun.objects.bulk_create(runs, batch_size=1000)
    answers = [ItemAnswer(run=run, item=_row.item, value=PASSES.get(_row.item.key, "pass"), verdict="pass", by=by, judged_at=at - timedelta(minutes=2), recorded_at=at) for run, (_row, at, by) in zip(runs, found, strict=True)]
    ItemAnswer.objects.bulk_create(answers, batch_size=1000)
    for (row, at, by), answer in zip(found, answers, strict=True):
        row.state, row.verified_at, row.verified_by, row.evidence = "verified", at, by, answer
    Finding.objects.bulk_update([row for row, *_rest in found], ["state", "verified_at", "verified_by", "evidence"], batch_size=500)
    events = []
    for row in rows[-120:]:
        events.append(_event(row, "open", "", "open", row.found_by, row.found_at))
        if row.started_at:
            events.append(_event(row, "start", "open", "rectifying", row.responsible, row.started_at))
        if row.rectified_at:
            events.append(_event(row, "rectify", "rectifying", "rectified", row.rectified_by, row.rectified_at))
        if row.verified_at:
            events.append(_event(row, "verify", "rectified", "verified", row.verified_by, row.verified_at))
    Event.objects.bulk_create(events, batch_size=1000)
    for row in rows:
        if row.state in ("open", "rectifying", "rectified"):
            watch(row)


def _event(row: Finding, move: str, before: str, after: str, by: Any, at: Any) -> Event:
    return Event(kind="maintenance.finding", object_id=row.pk, move=move, from_state=before, to_state=after, by=by, at=at, recorded_at=at)
