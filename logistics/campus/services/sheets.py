"""Labels on paper: one sheet for a batch."""
from __future__ import annotations

from django.utils.translation import gettext as _

from logistics.campus.models import LabelBatch, Place, Tag, TagBinding
from logistics.campus.services.school import hotline_of, school_words
from logistics.core.pdf import Label
from logistics.core.pdf import label_sheet as printed


def label_sheet(batch: LabelBatch) -> bytes:
    """The PDF of a batch: symbol, name in both languages where the label hangs already, code, hotline."""
    tags = list(batch.tags.exclude(state="void").select_related("place").order_by("pk"))
    on_places = set(TagBinding.objects.open().filter(tag__batch=batch, kind="campus.place").values_list("tag_id", flat=True))
    school, _campus, hotline = school_words()
    phones = {hotline_of(tag.place) for tag in tags if tag.place} or {hotline}
    phone = phones.pop() if len(phones) == 1 else hotline
    return printed(
        [_label(tag, tag.place if tag.pk in on_places else None) for tag in tags],
        batch.layout,
        title=_("Labels, batch %(n)s") % {"n": batch.pk},
        heading=school,
        hotline=_("Hotline %(phone)s") % {"phone": phone} if phone else "",
    )


def _label(tag: Tag, place: Place | None) -> Label:
    if place is None:
        return Label(tag.code, tag.target_label)
    zh, en = (" / ".join(path[1:] or path) for path in (place.path_zh, place.path_en))
    return Label(tag.code, zh, en if en != zh else "")
