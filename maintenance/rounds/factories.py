"""Rows for tests."""
from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from logistics.core import clock
from maintenance.models import PointVisit, Round, RoundSignature, Route, RoutePoint


class RouteFactory(DjangoModelFactory):
    class Meta:
        model = Route

    name_zh = factory.Sequence(lambda n: f"巡查路线 {n}")
    name_en = factory.Sequence(lambda n: f"Route {n}")
    place = factory.SubFactory("logistics.campus.factories.BuildingFactory")


class RoutePointFactory(DjangoModelFactory):
    class Meta:
        model = RoutePoint

    route = factory.SubFactory(RouteFactory)
    place = factory.SubFactory("logistics.campus.factories.RoomFactory")
    order = factory.Sequence(lambda n: n % 1000)


class RoundFactory(DjangoModelFactory):
    """A round of one point whose window began an hour ago."""

    class Meta:
        model = Round

    number = factory.Sequence(lambda n: f"XJ-2026-{n:06d}")
    route = factory.SubFactory(RouteFactory)
    domain = factory.SelfAttribute("route.domain")
    kind = factory.SelfAttribute("route.kind")
    title_zh = factory.SelfAttribute("route.name_zh")
    title_en = factory.SelfAttribute("route.name_en")
    place = factory.SelfAttribute("route.place")
    place_zh = "明德楼"
    place_en = "Mingde Hall"
    window_from = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
    window_to = factory.LazyFunction(lambda: clock.now() + timedelta(hours=2))
    planned = 1
    frozen = factory.LazyAttribute(lambda row: {"ordered": False, "signatures": [], "seed": "", "points": [{
        "key": "1", "place": row.place.pk, "equipment": None, "zh": "大厅", "en": "Hall", "where_zh": "明德楼", "where_en": "Mingde Hall",
        "tag_needed": False, "min_s": 0, "version": None, "drawn": False}]})


class PointVisitFactory(DjangoModelFactory):
    class Meta:
        model = PointVisit

    round = factory.SubFactory(RoundFactory)
    point = "1"
    place = factory.SelfAttribute("round.place")


class RoundSignatureFactory(DjangoModelFactory):
    class Meta:
        model = RoundSignature

    round = factory.SubFactory(RoundFactory)
    role = "inspector"
    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")
