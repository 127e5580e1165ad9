"""The label of a thing with a meter leads to entering what it shows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from assets.meters.models import Meter
from assets.models import Equipment
from logistics.campus.registries import TagAction, TagPart, Target, tag_page


@tag_page("assets.meters", order=20)
def read_it(request: Any, target: Target) -> TagPart:
    thing = target.record
    if not isinstance(thing, Equipment) or not request.user.is_authenticated:
        return TagPart()
    back = urlencode({"next": request.path})
    return TagPart(
        actions=[
            TagAction(
                _("Enter a reading: %(quantity)s") % {"quantity": meter.get_quantity_display()},
                f"{reverse('assets:meter-read', args=[meter.pk])}?{back}",
                "pencil-plus",
                30,
            )
            for meter in Meter.objects.readable_by(request.user).filter(equipment=thing).order_by("pk")
        ]
    )
