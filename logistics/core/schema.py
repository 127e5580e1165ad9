"""The last touch on the OpenAPI document: what every address may answer, declared once for all of them."""
from __future__ import annotations

from collections import Counter
from functools import wraps
from typing import Any

from django.apps import apps
from django.utils.translation import override
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.settings import spectacular_settings

EVERYWHERE = {
    400: "The request cannot be read, or a filter has no such value.", 401: "Nobody is signed in, or the token does not hold.",
    403: "Visible, but not yours to do; `who` may.", 404: "Not there, or not in your scope.", 406: "Only JSON is answered.",
    429: "Too often; `Retry-After` says when again.",
}
ON_WRITES = {
    409: "Somebody was faster, or the state has moved on.", 413: "Too much at once.", 415: "This kind of content is not read.",
    422: "The content is refused; `fields` says what and why.",
}
PRECISE = {
    412: "Changed since it was read; `version` is the present one.", 428: "Say which version you change: If-Match.",
    304: "Unchanged since this ETag.",
}


def declare_refusals(result: dict[str, Any], generator: Any, **options: Any) -> dict[str, Any]:
    """Add the common refusals, all in the shape of `Problem`, to each operation that does not declare them itself."""
    for path in result.get("paths", {}).values():
        for method, operation in path.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            answers = operation["responses"]
            for code, words in (EVERYWHERE | (ON_WRITES if method != "get" else {})).items():
                answers.setdefault(str(code), {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}})
                answers[str(code)]["description"] = words
            for code, words in PRECISE.items():
                if str(code) in answers:
                    answers[str(code)]["description"] = words
            answers["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds until the next try."}}
    return result


def name_choices() -> None:
    """A name of its own for each list of choices that shares a field's name with another, or has several: `AlertSeverityEnum`."""
    names: dict[Any, list[tuple[str, str]]] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields if model._meta.managed else ():
            choices = getattr(getattr(field, "base_field", field), "flatchoices", None)
            if choices:
                made = f"{model.__name__}{field.name.title().replace('_', '')}Enum"
                listed = tuple((value, str(label)) for value, label in choices if value not in ("", None))
                names.setdefault(listed, []).append((field.name, made))
    sets = Counter(name for found in names.values() for name in {name for name, _made in found})
    shared = {found[0][1]: list(choices) for choices, found in names.items()
              if len({name for name, _made in found}) > 1 or sets[found[0][0]] > 1}
    spectacular_settings.apply_patches({"ENUM_NAME_OVERRIDES": shared})


def in_english(view: Any) -> Any:
    """The document in English for everybody: names in it follow from words, and programs are made from it."""
    @wraps(view)
    def answer(request: Any, *args: Any, **kwargs: Any) -> Any:
        with override("en"):
            return view(request, *args, **kwargs)
    return answer


class TimeOfDay(OpenApiSerializerFieldExtension):
    """A time of day has no zone, as the format "time" would ask for."""

    target_class = "rest_framework.serializers.TimeField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?", "example": "07:00:00"}
