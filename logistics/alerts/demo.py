"""How the demo school tells its people: e-mail for the staff, gateways that are prepared but not in use, one system that listens."""
from __future__ import annotations

from datetime import time

from django.db.models import F, Value
from django.db.models.functions import Concat, Lower

from logistics.accounts.models import Person, RoleGrant
from logistics.alerts.models import Channel, ContactPoint, Preference, WebhookSubscription
from logistics.alerts.services.channels import standard_rows
from logistics.core.demo import World

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
