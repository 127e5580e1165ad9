"""How the demo school tells its people: e-mail for the staff, gateways that are prepared but not in use, one system that listens."""
from __future__ import annotations

from datetime import time, timedelta

from django.db.models import F, Value
from django.db.models.functions import Concat, Lower

from logistics.accounts.models import Person, RoleGrant
from logistics.alerts import life_demo
from logistics.alerts.models import (
    Channel,
    ContactPoint,
    Notification,
    Preference,
    ReportParcel,
    ReportRun,
    ReportSchedule,
    WebhookSubscription,
)
from logistics.alerts.services.channels import standard_rows
from logistics.alerts.services.reports import due_after
from logistics.core.demo import World
from logistics.core.models import SavedList

MAIL = "school.example"  # reserved: nothing written there ever leaves for anybody
CHANNELS = (
    ("wecom", "wecom", "企业微信值班群", "WeCom duty group", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=enter-the-key-of-your-robot", 20),
    ("dingtalk", "dingtalk", "钉钉维修群", "DingTalk repair group", "https://oapi.dingtalk.com/robot/send?access_token=enterthetokenofyourrobot", 20),
    ("sms", "sms", "短信", "Text message", "https://sms.school.example/v1/send", 60),
    ("hub", "webhook", "校园消息平台", "Campus message hub", "https://hub.school.example/messages", None),
)


def load(world: World) -> None:
    """Channels and addresses; notices themselves follow from what happens in the demo."""
    standard_rows()
    Channel.objects.filter(code="email").update(watchdog_to=f"duty@{MAIL}")
    Channel.objects.bulk_create(
        Channel(code=code, driver=driver, name_zh=zh, name_en=en, address=address, per_minute=limit, active=False)
        for code, driver, zh, en, address, limit in CHANNELS
    )
    staff = Person.objects.filter(kinds__overlap=["staff", "teacher"], email="").exclude(number="S1107")
    staff.update(email=Concat(Lower(F("number")), Value(f"@{MAIL}")))
    named = world["named"]
    technician, dispatcher, student = named["S1101"], named["S1001"], named["20240312"]
    mail, wecom = Channel.objects.get(code="email"), Channel.objects.get(code="wecom")
    ContactPoint(person=student, channel=mail, address=f"{student.number}@{MAIL}", verified_at=world.now).save()
    ContactPoint(person=technician, channel=wecom, address="13800001101", verified_at=world.now).save()
    Preference.objects.bulk_create([
        Preference(person=technician, importance="normal", ladder=["email", "wecom"], quiet_from=time(22), quiet_until=time(6, 30)),
        Preference(person=dispatcher, importance="info", ladder=["email"], digest_hour=17),
    ])
    screen = Person.objects.create(number="SVC-SCREEN", name_zh="大厅信息屏", name_en="Hall screen", kinds=["service"], status="active")
    RoleGrant.objects.create(person=screen, role="auditor", during=world.since, reason="demo")
    WebhookSubscription.objects.create(name="大厅信息屏", url=f"https://screen.{MAIL}/events", account=screen, state="paused",
                                       kinds=["maintenance.workorder.verify", "alerts.alert.raise"])
    life_demo.load(world)
    load_reports(world, dispatcher)


def load_reports(world: World, owner: Person) -> None:
    """A saved list of the dispatcher that comes by mail on Mondays: sent five weeks ago, without rows since."""
    saved = SavedList.objects.create(owner=owner, kind="maintenance.workorder", name="停着的工单", query="state=on_hold&sort=-number", role="dispatcher")
    SavedList.objects.create(owner=owner, kind="maintenance.repairrequest", name="今天的报修", query="state=open", default=False)
    report = ReportSchedule(owner=owner, name="停着的工单", saved=saved, every="weekly", weekday=0, at=time(7), school_days=True, skip_empty=True,
                            role="facilities_manager", created_at=world.now - timedelta(weeks=6))
    report.next_at = due_after(report, world.now)
    report.save()
    readers = [owner, *Person.objects.filter(number="S1002")]
    monday = world.at(world.today - timedelta(days=world.today.weekday()), 7 * 60)
    if monday > world.now:
        monday -= timedelta(weeks=1)
    for weeks in (5, 1, 0):
        due = monday - timedelta(weeks=weeks)
        run = ReportRun.objects.create(schedule=report, due_at=due, state="done", created_at=due)
        for person in readers:
            sent = weeks == 5
            parcel = ReportParcel.objects.create(run=run, person=person, state="sent" if sent else "empty", rows=3 if sent else 0,
                                                 sent_at=due if sent else None, file_name=f"停着的工单 {due:%Y-%m-%d}.xlsx" if sent else "", size=6_120)
            if sent:
                Notification.objects.create(
                    dedupe_key=f"report:{parcel.pk}:{person.pk}", person=person, code="alerts.report", link=parcel.get_absolute_url(),
                    params={"name": report.name, "day": {"day": due.date().isoformat()}, "n": 3}, source_kind="alerts.reportparcel",
                    source_id=parcel.pk, state="read", read_at=due + timedelta(hours=1), next_at=None, created_at=due, not_before=due)
