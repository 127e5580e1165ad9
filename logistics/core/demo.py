"""The stage of the demo school: one seed, invented names, and what each app leaves for the next."""
from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.utils import timezone
from pypinyin import Style, lazy_pinyin

from logistics.core import clock
from logistics.core.fields import days

T = TypeVar("T")

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = ["知夏", "一鸣", "若帆", "雨桐", "子墨", "欣然", "浩宇", "梓涵", "诗涵", "俊熙", "思源", "佳怡", "明哲", "晨曦", "嘉树", "语嫣", "天佑", "书瑶", "景行", "可欣", "逸飞", "静姝", "泽宇", "婉清", "承志", "乐怡", "宇轩", "梦洁", "博文", "心怡", "志远", "雅琪", "家豪", "晓彤", "文昊", "紫萱", "立诚", "慧敏", "远航", "安然", "睿渊", "芷若", "建业", "秋白", "修远", "月华", "弘毅", "清扬", "致远", "凌云", "念慈", "冠宇", "朗月", "青禾", "望舒", "言蹊", "星河", "南乔", "怀瑾", "牧之"]
GIVEN_SHORT = ["立", "敏", "伟", "芳", "刚", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "霞", "平", "辉", "宁", "燕", "玲", "华", "明", "岚", "凯", "萍", "琴", "波", "斌"]


def latin(name: str) -> str:
    """Family name first, in pinyin: 陈立 -> Chen Li, 许知夏 -> Xu Zhixia."""
    family, given = lazy_pinyin(name[0], style=Style.NORMAL)[0], "".join(lazy_pinyin(name[1:], style=Style.NORMAL))
    return f"{family.capitalize()} {given.capitalize()}"


class World:
    """What the apps share while the demo school is made. `share` scales pupils and requests."""

    def __init__(self, share: float = 1.0, seed: int = 20260901):
        self.random = random.Random(seed)
        self.share = share
        self.now = clock.now()
        self.today = timezone.localdate(self.now)
        self.first_day = self.today - timedelta(days=365)
        self.since = days(date(self.today.year - 3, 9, 1))
        self.kept: dict[str, Any] = {}
        self._names: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        return self.kept[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.kept[key] = value

    def some(self, count: int) -> int:
        return max(1, round(count * self.share))

    def name(self, grown: bool = False) -> str:
        """An invented Chinese name; grown-ups often have a short given name. Names may repeat only when all are used."""
        for _try in range(40):
            given = self.random.choice(GIVEN_SHORT if grown and self.random.random() < 0.6 else GIVEN)
            full = self.random.choice(SURNAMES) + given
            if full not in self._names:
                break
        self._names.add(full)
        return full

    def taken(self, name: str) -> str:
        self._names.add(name)
        return name

    def pick(self, items: Sequence[T], weights: Iterable[float] | None = None) -> T:
        return self.random.choices(items, weights=list(weights))[0] if weights is not None else self.random.choice(items)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def at(self, day: date, minute: float) -> datetime:
        """A local minute of a day as an instant."""
        return timezone.make_aware(datetime.combine(day, time.min) + timedelta(minutes=minute))
