"""Every duty of the regulations is a dated row with its clause, and no figure of the law stands in code."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assets.certificates import services
from assets.certificates.factories import (
    SchemeFactory,
    SchemeIntervalFactory,
    SchemeRuleFactory,
    SchemeVersionFactory,
    StatutoryRecordFactory,
)
from assets.certificates.models import Requirement, Scheme, SchemeFigure, SchemeVersion
from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from assets.models import CategoryAttribute, Equipment, EquipmentCategory
from logistics.campus.factories import RoomFactory
from logistics.campus.models import Place

pytestmark = pytest.mark.django_db

# each line of the table of duties (facilities.md 9): the schemes that carry it
DUTIES = {
    "Extinguisher check": ["extinguisher.check"],
    "Extinguishers out for service": ["extinguisher.out"],
    "Extinguisher life": ["extinguisher.service", "extinguisher.life"],
    "Fire-facility patrol; full test": ["fire_facility.patrol", "fire_facility.test"],
    "Fire patrol 防火巡查": ["fire.patrol", "fire.night_patrol"],
    "Fire inspection 防火检查": ["fire.inspection"],
    "Colleges": ["fire.college"],
    "K-12, kindergarten": ["fire.ten_rules"],
    "Special equipment": ["special.self_check", "special.safety_devices", "special.dossier", "special.registration", "special.mark"],
    "Responsibility chain": ["special.officers", "special.daily", "special.weekly", "special.monthly"],
    "Lift upkeep": ["lift.upkeep_half_month", "lift.upkeep_quarter", "lift.upkeep_half_year", "lift.upkeep_year"],
    "Lift inspection and testing": ["lift.inspection", "lift.test"],
    "Boilers; pressure vessels": ["boiler.external", "boiler.internal", "boiler.hydrostatic", "vessel.yearly", "vessel.inspection"],
    "School buildings": ["building.survey", "building.appraisal"],
    "Playground; outdoor fitness; sports equipment": [
        "playground.daily",
        "playground.monthly",
        "playground.yearly",
        "fitness.outdoor",
        "sports.equipment",
    ],
    "Lightning protection": ["lightning.yearly", "lightning.hazard"],
    "RCD; electrical room; valves, gauges": [
        "rcd.button",
        "electric_room.patrol",
        "electric.preventive",
        "valve.calibration",
        "gauge.calibration",
    ],
    "Kitchen gas; hood and duct": ["gas.yearly", "gas.alarm", "gas.hose", "hood.duct"],
    "Emergency lights; water tanks": ["emergency_light.function", "emergency_light.discharge", "water_tank.clean"],
    "Campaigns; permits; major dangers; records": [
        "campaign.term",
        "campaign.flood",
        "campaign.winter",
        "permit.hours",
        "danger.major",
        "records.kept",
    ],
}
FIGURES = {
    ("extinguisher.out", "max_out_share"): "0.25",
    ("fire.patrol", "open_hours"): "2",
    ("fire.college", "report_hours"): "2",
    ("special.registration", "register_days"): "30",
    ("special.dossier", "groups"): "5",
    ("special.officers", "officers"): "1",
    ("permit.hours", "max_hours"): "8",
    ("danger.major", "points"): "5",
    ("records.kept", "min_years"): "3",
}


def test_every_duty_of_the_regulations_is_a_row_in_force_with_clause_and_status() -> None:
    live = {row.scheme.code: row for row in SchemeVersion.objects.live().select_related("scheme").prefetch_related("intervals", "figures")}
    for duty, codes in DUTIES.items():
        for code in codes:
            row = live[code]
            assert row.clause and row.status in ("verified", "to_check") and (row.status == "to_check" or row.source), (duty, code)
            said = list(row.intervals.all()) or list(row.figures.all()) or code == "special.mark"
            assert said, (duty, code)
    assert {code for codes in DUTIES.values() for code in codes} == set(live)
    assert len(live) >= 46
    assert {key: f"{services.figure(*key).normalize():f}" for key in FIGURES} == FIGURES  # type: ignore[union-attr]
    assert services.figure("no.such", "x") is None


def test_a_new_school_has_them_and_shipping_again_changes_nothing() -> None:
    Scheme.objects.filter(code="lift.inspection").update(name_zh="校内叫法")
    before = Scheme.objects.count()
    assert services.ship_standards() == 0
    assert (Scheme.objects.count(), Scheme.objects.get(code="lift.inspection").name_zh) == (before, "校内叫法")


NUMBER = re.compile(
    r"relativedelta\(\w+=\d|timedelta\((?:days|weeks|hours)=(?!1\)|0)\d|Decimal\(\"0\.25\"\)|\b(?:months|years|days)\s*=\s*\d{2,}"
)


def test_no_figure_of_the_law_stands_in_code() -> None:
    found = []
    for topic in ("certificates", "safety", "renewal"):
        for path in Path(settings.BASE_DIR, "assets", topic).rglob("*.py"):
            if path.name in ("standards.py", "demo.py", "limits.py", "factories.py"):
                continue
            found += [f"{path.name}:{n}: {line.strip()}" for n, line in enumerate(path.read_text().splitlines(), 1) if NUMBER.search(line)]
    assert found == []


def test_the_look_for_figures_can_fail() -> None:
    assert NUMBER.search("due = day + timedelta(days=30)") and NUMBER.search("relativedelta(months=6)")
    assert not NUMBER.search("midnight(day + timedelta(days=1))")


# the requirement set is the rules applied to things, after anything that changes either ------------------------------------------
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["place", "category", "status", "fire_class", "use", "code", "rule", "agent", "record"]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=7,
)


def by_hand() -> set[tuple[int, int, str]]:
    """(thing, scheme, action) as the rules say, one thing after another."""
    found = set()
    for thing in Equipment.objects.select_related("category", "place").filter(status__in=["in_service", "idle"]):
        codes = set(EquipmentCategory.objects.filter(pk__in=thing.category.ancestors).values_list("code", flat=True))
        for scheme in Scheme.objects.filter(target="equipment"):
            for rule in scheme.rules.filter(active=True, category_code__in=codes):
                place = thing.place
                fits = (
                    rule.place_use in ("", place.use)
                    and rule.fire_class in ("", place.fire_class)
                    and rule.place_kind in ("", place.kind)
                    and (not rule.attribute or str(thing.attributes.get(rule.attribute)) == rule.attribute_value)
                )
                if fits:
                    version = SchemeVersion.objects.live().get(scheme=scheme)
                    found |= {(thing.pk, scheme.pk, action) for action in version.intervals.values_list("action", flat=True)}
    return found


@examples(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(STEPS)
def test_requirements_are_the_rules_applied_to_things_whatever_changes(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        rooms = [
            RoomFactory(use=use, fire_class=fire)
            for use, fire in (
                ("classroom", "ordinary"),
                ("boiler_room", "boiler_or_basement"),
                ("kitchen", "crowded"),
                ("classroom", "crowded"),
            )
        ]
        top = EquipmentCategoryFactory(code="prop-top")
        kinds = [
            top,
            EquipmentCategoryFactory(code="prop-a", parent=top),
            EquipmentCategoryFactory(code="prop-b"),
            EquipmentCategoryFactory(code="prop-c", parent=top),
        ]
        for kind in (top, kinds[2]):
            CategoryAttribute.objects.create(category=kind, code="agent", name_zh="灭火剂", type="text")
        things = [EquipmentFactory(category=kinds[n], place=rooms[n], commissioned_on=date(2020, 1, 1)) for n in range(4)]
        schemes = [SchemeFactory() for _n in range(3)]
        rules = [
            SchemeRuleFactory(scheme=schemes[0], category_code="prop-top"),
            SchemeRuleFactory(scheme=schemes[1], category_code="prop-b", fire_class="crowded"),
            SchemeRuleFactory(scheme=schemes[2], category_code="prop-a", attribute="agent", attribute_value="干粉"),
        ]
        for scheme in schemes:
            version = SchemeVersionFactory(scheme=scheme)
            SchemeIntervalFactory(version=version)
            SchemeIntervalFactory(version=version, action="check", every=1)
        for what, n, m in steps:
            step(what, n, m, things, rooms, kinds, rules, schemes)
            now = set(Requirement.objects.filter(equipment__isnull=False).values_list("equipment_id", "scheme_id", "action"))
            assert now == by_hand()
        before = set(Requirement.objects.values_list())
        services.refresh_requirements()
        assert set(Requirement.objects.values_list()) == before
        transaction.set_rollback(True)


def step(what: str, n: int, m: int, things: list[Any], rooms: list[Any], kinds: list[Any], rules: list[Any], schemes: list[Any]) -> None:
    thing = Equipment.objects.get(pk=things[n].pk)
    match what:
        case "place":
            Equipment.objects.filter(pk=thing.pk).update(place=rooms[m])
        case "category":
            Equipment.objects.filter(pk=thing.pk).update(category=kinds[m])
        case "status":
            Equipment.objects.filter(pk=thing.pk).update(status=("in_service", "idle", "out_of_service", "in_service")[m])
        case "agent":
            thing.attributes = {"agent": ("干粉", "水基")[m % 2]}
            thing.save()
        case "fire_class":
            Place.objects.filter(pk=rooms[n].pk).update(fire_class=("ordinary", "crowded", "boiler_or_basement", "ordinary")[m])
        case "use":
            Place.objects.filter(pk=rooms[n].pk).update(use=("classroom", "kitchen", "office", "store")[m])
        case "code":
            EquipmentCategory.objects.filter(pk=kinds[1].pk).update(code=("prop-a", "prop-x", "prop-b2", "prop-y")[m])
        case "rule":
            rules[n % 3].active = bool(m % 2)
            rules[n % 3].save()
        case "record":
            if thing.place_id:
                StatutoryRecordFactory(equipment=thing, scheme=schemes[m % 3], stands_at=thing.place)


def test_figures_of_a_version_are_kept_when_the_school_changes_it() -> None:
    scheme = Scheme.objects.get(code="extinguisher.out")
    from decimal import Decimal

    from logistics.core import clock

    services.amend(
        scheme=scheme,
        since=clock.today(),
        clause="本校",
        status="to_check",
        source="",
        apply_before=None,
        apply_unit="month",
        keep_years=3,
        note="",
        reason="从严",
        intervals=[],
        figures={"max_out_share": Decimal("0.2")},
        by=None,
    )
    assert services.figure("extinguisher.out", "max_out_share") == Decimal("0.2")
    assert SchemeFigure.objects.filter(version__scheme=scheme).count() == 2
