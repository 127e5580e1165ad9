"""Robots of WeCom 企业微信 and DingTalk 钉钉: one of a group, which calls a member by mobile number, or one of a person alone.

apprise knows their addresses, limits and signatures. Its own `notify` answers only yes or no and takes "200, errcode 93000" for a yes;
both gateways refuse that way, so the letter is posted here and the answer read.
"""
from __future__ import annotations

import json
import re
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot
from django.utils.translation import gettext_lazy as _

from logistics.alerts.drivers.base import Letter, Outcome, OverHttp, driver, parsed, refusal, wrong

MOBILE = re.compile(r"\d{11}")
BUSY = {45009, 45033, 130101, 410100, 90018, -1}  # too fast, or "system busy": later it will do


class RobotLine(OverHttp):
    """Base of both: a POST whose answer holds errcode."""

    key_name: ClassVar[str]  # of the query in the robot's address
    most_bytes: ClassVar[int]
    key_shape: ClassVar[str]

    def payload(self, text: str, mobiles: list[str]) -> dict[str, Any]:
        raise NotImplementedError

    def signed(self, letter: Letter, path: str) -> str:
        return path

    def deliver(self, letter: Letter) -> Outcome:
        mobiles = [] if letter.personal else [letter.to]
        body = json.dumps(self.payload(shortened(letter.text, self.most_bytes), mobiles), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if letter.personal:
            answer = self.post(body, headers, url=self.own_url(letter.to))
        else:
            parts = urlsplit(self.setup.address)
            answer = self.post(body, headers, path=self.signed(letter, f"{parts.path}?{parts.query}"))
        problem = refusal(answer)
        if problem:
            return problem
        found = parsed(answer)
        code = found.get("errcode") if isinstance(found, dict) else None
        if code == 0:
            return Outcome("accepted", provider_id=str(found.get("messageId") or found.get("msgid") or letter.key))
        words = answer.text[:200] if code is None else f"errcode {code}: {str(found.get('errmsg', ''))[:200]}"
        if letter.personal and code not in BUSY:
            return Outcome("rejected", words, bad_address=True)
        return Outcome("failed", words)

    def own_url(self, key: str) -> str:
        """The robot of one person stands at the same gateway as that of the group, under another key."""
        parts = urlsplit(self.setup.address)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode({self.key_name: key}), ""))

    @classmethod
    def clean(cls, address: str) -> str:
        """A mobile number, or the key of one's own robot, cut out of its address where that is pasted."""
        address = address.strip()
        if "://" in address:
            address = parse_qs(urlsplit(address).query).get(cls.key_name, [""])[0]
        digits = re.sub(r"[\s-]", "", address).removeprefix("+86")
        if MOBILE.fullmatch(digits):
            return digits
        if not re.fullmatch(cls.key_shape, address, re.I) or len(address) < 16:
            raise wrong(_("Write a mobile number of 11 digits, or paste the address of your own robot."))
        return address


@driver("wecom")
class WeComLine(RobotLine):
    """企业微信: text to a group, with the member's mobile number mentioned."""

    key_name = "key"
    most_bytes = NotifyWeComBot.body_maxlen
    key_shape = NotifyWeComBot.template_tokens["key"]["regex"][0]
    address_hint = _("Your mobile number in WeCom, to be mentioned in the group; or the address of a robot of your own.")

    def payload(self, text: str, mobiles: list[str]) -> dict[str, Any]:
        return {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": mobiles}}


@driver("dingtalk")
class DingTalkLine(RobotLine):
    """钉钉: text to a group, signed where the robot has a secret."""

    key_name = "access_token"
    most_bytes = NotifyDingTalk.body_maxlen
    key_shape = NotifyDingTalk.template_tokens["token"]["regex"][0]
    address_hint = _("Your mobile number in DingTalk, to be mentioned in the group; or the address of a robot of your own.")

    def payload(self, text: str, mobiles: list[str]) -> dict[str, Any]:
        called = "".join(f"@{mobile}" for mobile in mobiles)
        return {"msgtype": "text", "text": {"content": f"{text}\n{called}".strip()}, "at": {"atMobiles": mobiles, "isAtAll": False}}

    def signed(self, letter: Letter, path: str) -> str:
        if not self.setup.secret:
            return path
        token = parse_qs(urlsplit(self.setup.address).query).get("access_token", [""])[0]
        robot = NotifyDingTalk(token=token, secret=self.setup.secret)
        timestamp, signature = robot.get_signature()
        return f"{path}&timestamp={timestamp}&sign={signature}"


def shortened(text: str, most_bytes: int) -> str:
    """No longer than the gateway takes; a character is never cut in two."""
    whole = text.encode()
    return text if len(whole) <= most_bytes else whole[: most_bytes - 3].decode("utf-8", "ignore") + "…"
