"""Text messages by HTTP, a message hub by webhook, and whatever else apprise knows."""
from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote_plus

import apprise
from django.utils.translation import gettext_lazy as _

from logistics.alerts.drivers.base import Letter, Line, Outcome, OverHttp, driver, follow, parsed, refusal, wrong
from logistics.core.outside import Forbidden, target_of

SMS_BODY = '{"to": "{to}", "text": "{text}", "id": "{key}"}'
SMS_LENGTH = 300


class AnsweringLine(OverHttp):
    """A gateway whose answer says in JSON whether it took the message."""

    def judge(self, letter: Letter, answer: Any) -> Outcome:
        """2xx is a yes, unless the channel says what a good answer holds ("code=0")."""
        problem = refusal(answer)
        if problem:
            return problem
        found = parsed(answer)
        if self.setup.answer_ok:
            path, _sign, value = self.setup.answer_ok.partition("=")
            if str(follow(found, path.strip())) != value.strip():
                return Outcome("failed", f"HTTP {answer.status}: {answer.text[:200]}")
        number = follow(found, self.setup.answer_id) if self.setup.answer_id else None
        return Outcome("accepted", provider_id=str(number) if number not in (None, "") else letter.key)

    def headers(self, kind: str) -> dict[str, str]:
        found = {"Content-Type": kind}
        return found | ({"Authorization": f"Bearer {self.setup.secret}"} if self.setup.secret else {})


@driver("sms")
class SmsLine(AnsweringLine):
    """短信: posts the text that the channel's template makes; JSON where it begins with a brace, else a form."""

    address_hint = _("Your mobile number.")

    def deliver(self, letter: Letter) -> Outcome:
        template = self.setup.body or SMS_BODY
        is_json = template.lstrip().startswith("{")
        values = {"to": letter.to, "text": letter.text[:SMS_LENGTH], "title": letter.title[:80], "key": letter.key}
        escape = (lambda value: json.dumps(value, ensure_ascii=False)[1:-1]) if is_json else quote_plus
        body = re.sub(r"\{(to|text|title|key)\}", lambda hit: escape(values[hit[1]]), template)
        kind = "application/json; charset=utf-8" if is_json else "application/x-www-form-urlencoded"
        return self.judge(letter, self.post(body.encode(), self.headers(kind) | {"Idempotency-Key": letter.key}))

    @classmethod
    def clean(cls, address: str) -> str:
        digits = re.sub(r"[\s()-]", "", address)
        if not re.fullmatch(r"\+?\d{6,15}", digits):
            raise wrong(_("Write a phone number with its digits, such as 13800001234."))
        return digits


@driver("webhook")
class HubLine(AnsweringLine):
    """消息平台: posts the whole letter as JSON to a hub of the school, which knows how to find the person."""

    address_hint = _("Your name or number in the message hub.")

    def deliver(self, letter: Letter) -> Outcome:
        body = {"id": letter.key, "to": letter.to, "title": letter.title, "text": letter.body, "url": letter.url,
                "importance": letter.importance, "language": letter.language}
        headers = self.headers("application/json; charset=utf-8") | {"Idempotency-Key": letter.key}
        return self.judge(letter, self.post(json.dumps(body, ensure_ascii=False).encode(), headers))

    @classmethod
    def clean(cls, address: str) -> str:
        if not re.fullmatch(r"[\w.@+-]{1,100}", address.strip()):
            raise wrong(_("Write the name or number without spaces."))
        return address.strip()


@driver("apprise")
class AppriseLine(Line):
    """Any service that apprise knows, by its address there ("feishu://token"); it says yes or no, and not more."""

    lanes = 2
    address_hint = _("Your name in the service, put where the channel's address says {to}.")

    def deliver(self, letter: Letter) -> Outcome:
        robot = service(self.setup.address.replace("{to}", letter.to))
        if robot is None:
            return Outcome("failed", "the address of the channel is not one that apprise knows")
        robot.socket_connect_timeout = robot.socket_read_timeout = self.setup.timeout_s
        robot.request_rate_per_sec = 0  # the channel's own limit rules
        if not robot.notify(body="\n".join(part for part in (letter.body, letter.url) if part) or letter.title, title=letter.title):
            return Outcome("failed", f"{robot.service_name} did not take it")
        return Outcome("accepted", provider_id=letter.key)


def service(address: str) -> Any:
    """The apprise service of an address, None where there is none; a host inside the house is Forbidden."""
    robot = apprise.Apprise.instantiate(address)
    host = getattr(robot, "host", None)
    if robot is not None and host and robot.__class__.__module__.startswith("apprise.plugins.custom_"):
        scheme = "https" if robot.secure else "http"
        target_of(f"{scheme}://{host}:{robot.port or (443 if robot.secure else 80)}/")
    return robot


__all__ = ["AppriseLine", "Forbidden", "HubLine", "SmsLine", "service"]
