"""74 units of extinguishers, one a floor; two things away, one of them stood in for."""

from __future__ import annotations

from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from assets.models import Equipment, Scheme
from assets.safety.models import SafetyGroup, Substitution, TakenOut
from logistics.campus.models import label_of
from logistics.core.demo import World


def load(world: World) -> None:
    scheme = Scheme.objects.get(code="extinguisher.out")
    at: dict[int, list[Equipment]] = {}
    for thing in Equipment.objects.filter(category__code="extinguisher").select_related("place").order_by("number"):
        at.setdefault(thing.place_id, []).append(thing)
    groups = SafetyGroup.objects.bulk_create(
        [
            SafetyGroup(
                name_zh=f"{label_of(things[0].place, 'zh-hans')} 灭火器",
                name_en=f"Extinguishers {things[0].place.code}",
                place=things[0].place,
                scheme=scheme,
            )
            for things in at.values()
        ]
    )
    by_place = {group.place_id: group for group in groups}
    for group in groups:
        Equipment.objects.filter(pk__in=[thing.pk for thing in at[group.place_id]]).update(safety_group=group)
    away = [(things, by_place[place]) for place, things in at.items()][4:6]
    since = DateTimeTZRange(world.at(world.today - timedelta(days=2), 620), None)
    for things, group in away:
        TakenOut.objects.create(equipment=things[0], group=group, during=since, reason="压力不足，送维修单位充装", taken_by=world["safety"])
    first, donor = away[0][0][0], next((one for one in away[1][0][1:] if one.attributes == away[0][0][0].attributes), None)
    same = donor or next(
        (
            one
            for things in at.values()
            for one in things[1:]
            if (one.attributes.get("agent"), one.attributes.get("rating"))
            == (first.attributes.get("agent"), first.attributes.get("rating"))
        ),
        None,
    )
    if same is not None:
        Substitution.objects.create(original=first, substitute=same, during=since, by=world["safety"])
