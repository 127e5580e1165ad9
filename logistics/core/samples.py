"""Sample values for the documentation of the API, made from the declared fields: what a filled-in record looks like."""
from __future__ import annotations

from typing import Any

from rest_framework import serializers

WORDS = {
    "number": "GD-2026-000123", "code": "A-301", "name": "Ladder 3 m", "name_zh": "三号楼", "name_en": "Building 3", "title": "Tap drips",
    "description": "The left tap drips, a bucket stands below it.", "reason": "The part is not in stock.", "note": "Called at 9:40.",
    "text": "The valve is in the corridor.", "phone": "13900000001", "email": "office@example.org", "role": "dispatcher",
    "place_label": "Main campus / Building 3 / 301", "contact": "Chen Li", "cost_centre": "4100",
}
BY_TYPE: tuple[tuple[type[serializers.Field], Any], ...] = (
    (serializers.BooleanField, True), (serializers.UUIDField, "0b8f6c1e-6d0a-4c55-9f5e-3d1c9f1f7a10"),
    (serializers.EmailField, "office@example.org"), (serializers.URLField, "https://example.org/"),
    (serializers.DateTimeField, "2026-09-30T16:30:00+08:00"), (serializers.DateField, "2026-09-30"), (serializers.TimeField, "16:30:00"),
    (serializers.DurationField, "00:15:00"), (serializers.FloatField, 0.5), (serializers.PrimaryKeyRelatedField, 7),
    (serializers.ManyRelatedField, [7]), (serializers.JSONField, {}), (serializers.DictField, {}),
)


def sample(name: str, field: serializers.Field) -> Any:
    """One value that the field would show or take."""
    if isinstance(field, serializers.BaseSerializer):
        child = getattr(field, "child", None)
        return [sample(name, child)] if child is not None else sample_of(field)
    if isinstance(field, serializers.ListField):
        return [sample(name, field.child)]
    if isinstance(field, serializers.ChoiceField):
        codes = [code for code in field.choices if code != ""]
        return codes[0] if codes else None
    if isinstance(field, serializers.DecimalField):
        return f"{12.5:.{field.decimal_places or 0}f}"
    if isinstance(field, serializers.IntegerField):
        low, high = field.min_value, field.max_value
        return max(low, 7) if low is not None else min(high, 7) if high is not None else 7
    known = next((value for kind, value in BY_TYPE if isinstance(field, kind)), None)
    if known is not None:
        return known
    if isinstance(field, serializers.ReadOnlyField):
        return WORDS.get(name, name.replace("_", " ").capitalize())
    if isinstance(field, serializers.CharField):
        told = getattr(field, "initial", None) or WORDS.get(name) or str(field.label or name).capitalize()
        return told[: field.max_length] if field.max_length else told
    return getattr(field, "sample", None)


def sample_of(shape: Any, *, required_only: bool = False) -> dict[str, Any]:
    """A filled-in serializer; files are left out."""
    fields = {name: field for name, field in shape.fields.items() if not isinstance(field, serializers.FileField)}
    needed = {name: field for name, field in fields.items() if field.required}
    return {name: sample(name, field) for name, field in (needed if required_only and needed else fields).items()}
