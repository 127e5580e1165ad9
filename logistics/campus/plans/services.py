"""Floor plans: drawing taken in, pins set by clicking, and which plan shows a place."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from logistics.campus.models import FloorPlan, Pin, Place
from logistics.campus.registries import PLAN_LAYERS, TAG_TARGETS, Mark
from logistics.core.images import clean_photo
from logistics.core.models import kind_of
from logistics.core.photos import store
from logistics.core.resources import RESOURCES

MOST_PINS = 400


@transaction.atomic
def set_plan(*, plan: FloorPlan, image: Any) -> FloorPlan:
    """Write a plan; a new drawing replaces the old one, and pins stay where they are, as shares of width and height."""
    if image:
        kept = store(clean_photo(image))
        plan.file, plan.width_px, plan.height_px = kept["file"], kept["width"], kept["height"]
    if not plan.file:
        raise ValidationError({"image": _("Choose the drawing: a JPEG, PNG or WebP picture.")})
    plan.full_clean()
    plan.save()
    return plan


@transaction.atomic
def set_pin(*, plan: FloorPlan, target: Any, x: float, y: float) -> Pin:
    """Pin a place, a piece of equipment or whatever else bears labels; what is pinned already moves. 0 ≤ x, y ≤ 1 from the upper left."""
    kind = kind_of(target)
    found = TAG_TARGETS[kind](target.pk) if kind in TAG_TARGETS else None
    if found is None:
        raise ValidationError(_("This cannot be pinned."))
    if plan.place_id not in found.place.ancestors:
        raise ValidationError(_("%(what)s does not lie on this plan.") % {"what": found.name})
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValidationError(_("Click inside the plan."))
    locked = FloorPlan.objects.select_for_update().get(pk=plan.pk)
    pin = Pin.objects.filter(plan=locked, kind=kind, object_id=target.pk).first() or Pin(plan=locked, kind=kind, object_id=target.pk)
    if pin.pk is None and locked.pins.count() >= MOST_PINS:
        raise ValidationError(_("A plan bears at most %(n)s pins.") % {"n": MOST_PINS})
    pin.label, pin.place, pin.x, pin.y = found.name, found.place, round(x, 4), round(y, 4)
    pin.save()
    return pin


# showing -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Spot:
    """A pin as it is drawn: number, where in pixels, words, what a layer says."""

    pin: Pin
    n: int
    cx: int
    cy: int
    name: str
    url: str
    here: bool
    marks: list[Mark]

    @property
    def look(self) -> str:
        return next((mark.kind for mark in self.marks), "here" if self.here else "")


def plan_of(place: Place) -> FloorPlan | None:
    """The plan that shows a place: its own, else the nearest one above on which it is pinned, else the nearest above. One statement."""
    depth = Case(*(When(place_id=pk, then=Value(n)) for n, pk in enumerate(place.ancestors)), output_field=IntegerField())
    pinned = Count("pins", filter=Q(pins__kind=kind_of(place), pins__object_id=place.pk))
    rows = FloorPlan.objects.filter(place_id__in=place.ancestors).annotate(depth=depth, pinned=pinned)
    return max(rows, key=lambda plan: (plan.place_id == place.pk, plan.pinned > 0, plan.depth), default=None)


def spots_of(plan: FloorPlan, person: Any, here: Any = None, layers: bool = False) -> list[Spot]:
    """The pins of a plan in reading order; `here` is the record whose page this is. Two statements, and those of the layers."""
    pins = list(plan.pins.select_related("place")[:MOST_PINS])
    places = [pin.place_id for pin in pins]
    told = [layer.marks(person, places) for layer in PLAN_LAYERS] if layers and pins else []
    kind, pk = (kind_of(here), here.pk) if here is not None else ("", 0)
    return [
        Spot(
            pin, n, round(pin.x * plan.width_px), round(pin.y * plan.height_px),
            pin.place.name if pin.kind == kind_of(Place) else pin.label, _url(pin), (pin.kind, pin.object_id) == (kind, pk),
            [marks[pin.place_id] for marks in told if pin.place_id in marks and pin.kind == kind_of(Place)],
        )
        for n, pin in enumerate(pins, 1)
    ]


def _url(pin: Pin) -> str:
    declared = RESOURCES.get(pin.kind)
    return reverse(declared.url_name("detail"), args=[pin.object_id]) if declared else ""


def size_of(plan: FloorPlan) -> int:
    """How large a pin is drawn, in pixels of the plan."""
    return max(8, plan.width_px // 60)
