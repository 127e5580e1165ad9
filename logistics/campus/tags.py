"""What a label may hang on that campus itself owns: places; and the labels of a thing as part of its story."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from logistics.campus.models import Place, TagBinding
from logistics.campus.registries import TAG_TARGETS, Target, tag_target
from logistics.campus.services.tags import place_target
from logistics.core.models import kind_of
from logistics.core.records.thread import Piece, thread


@tag_target("campus.place")
def place(pk: int) -> Target | None:
    found = Place.objects.select_related("parent", "department").filter(pk=pk).first()
    return place_target(found) if found else None


@thread("campus.label")
def labels_of(records: list[Any], here: Any) -> Iterator[Piece]:
    """The labels that hang on things of the story; a place has so many that its own page lists them."""
    things = [(kind_of(one), one.pk) for one in records if kind_of(one) in TAG_TARGETS and not isinstance(one, Place)]
    if not things:
        return
    kinds, ids = {kind for kind, _pk in things}, {pk for _kind, pk in things}
    for binding in TagBinding.objects.open().filter(kind__in=kinds, object_id__in=ids).select_related("tag")[:5]:
        if (binding.kind, binding.object_id) in things:
            yield Piece(_("Label %(code)s") % {"code": binding.tag.code}, url=reverse("tag", args=[binding.tag.code]), icon="qrcode")
