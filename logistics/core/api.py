"""The API, generated from the same declarations as the pages: same rows, same filters, same forms, same refusals."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from logistics.core import bulk, resources
from logistics.core.doors import LARGEST_ID, Json, PreconditionRequired, Session, Upload, problem, refuse
from logistics.core.errors import NotAllowed
from logistics.core.fields import DaysField
from logistics.core.idempotency import once
from logistics.core.records.api import part_urls
from logistics.core.resources import Resource, all_resources
from logistics.core.samples import sample_of
from logistics.core.versions import RowVersion
from logistics.core.workflow import WORKFLOWS

VERSION = {"type": "string", "pattern": '^[\\x20-\\x7e]+$'}
IF_MATCH = OpenApiParameter("If-Match", VERSION, OpenApiParameter.HEADER, required=False,
                            description="The ETag that was read; another version in between is a 412. * changes whatever is there.")
IF_NONE_MATCH = OpenApiParameter("If-None-Match", VERSION, OpenApiParameter.HEADER, required=False,
                                 description="The ETag that is known already; unchanged is a 304 without a body.")
ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="The version of the record.")
# A pattern, not the format "uuid": makers of clients turn that into objects, which their own HTTP libraries refuse as a header.
UUID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
KEY = OpenApiParameter("Idempotency-Key", {"type": "string", "pattern": UUID_PATTERN}, OpenApiParameter.HEADER, required=False,
                       description="The same key with the same content gets the same answer; with other content 409.")


class Problem(serializers.Serializer):
    """A refusal: what is wrong in words, and field by field where it was made."""

    detail = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)  # type: ignore[assignment]
    who = serializers.ListField(child=serializers.CharField(), required=False)
    version = serializers.CharField(required=False, help_text="The present version, where another one was expected.")


# shapes ----------------------------------------------------------------------------------------------------------
class SpanField(serializers.Field):
    """A span of time: from (included) and until (not included, null while open)."""

    sample = {"from": "2026-09-01T00:00:00+08:00", "until": None}

    def to_representation(self, value: Any) -> dict[str, Any]:
        return {"from": value.lower, "until": value.upper}


class DatesSpanField(SpanField):
    """A span of dates: from (included) and until (not included, null while open)."""

    sample = {"from": "2026-09-01", "until": "2027-01-23"}


class SpanSchema(OpenApiSerializerFieldExtension):
    """How the documentation draws a span."""

    target_class = SpanField
    bound = "date-time"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        bound = {"type": "string", "format": self.bound, "nullable": True}
        return {"type": "object", "properties": {"from": bound, "until": bound}}


class DatesSpanSchema(SpanSchema):
    """How the documentation draws a span of dates."""

    target_class = DatesSpanField
    bound = "date"


class SessionSchema(OpenApiAuthenticationExtension):
    """How the documentation names the session."""

    target_class = Session
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class RecordSerializer(serializers.ModelSerializer):
    """Base of the generated shapes."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        DateTimeRangeField: SpanField, DateRangeField: DatesSpanField,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """A choice that may be left open shows "" among its values."""
        kind, options = super().build_standard_field(field_name, model_field)
        if "choices" in options and model_field.blank and not model_field.null:
            options["choices"] = [("", ""), *(pair for pair in model_field.flatchoices if pair[0] != "")]
        return kind, options


def output_serializer(declared: type[Resource]) -> type[serializers.Serializer]:
    """id, label and the declared fields of a record."""
    names = [*declared.api_fields, *declared.api_rows]
    meta = type("Meta", (), {"model": declared.model, "fields": ["id", "label", *names], "read_only_fields": names})
    return type(f"{declared.model.__name__}Output", (RecordSerializer,), {
        **{name: _rows_of(declared.model, name, fields) for name, fields in declared.api_rows.items()},
        "Meta": meta, "label": serializers.CharField(source="__str__", read_only=True, initial=f"{declared.label} 7".capitalize()),
        "__doc__": declared.model.__doc__,
    })


def _rows_of(model: type[Any], name: str, fields: tuple[Any, ...]) -> serializers.BaseSerializer:
    """The rows that a record consists of, each with its fields; a pair in them names rows of the row."""
    row = model._meta.get_field(name).related_model
    deeper = {pair[0]: _rows_of(row, *pair) for pair in fields if isinstance(pair, tuple)}
    names = [field if isinstance(field, str) else field[0] for field in fields]
    meta = type("Meta", (), {"model": row, "fields": names, "read_only_fields": names})
    return type(f"{row.__name__}Row", (RecordSerializer,), {**deeper, "Meta": meta, "__doc__": row.__doc__})(many=True, read_only=True)


def _rows_paths(rows: dict[str, tuple[Any, ...]], above: str = "") -> list[str]:
    """The paths of those rows, for fetching all of them in one statement a level."""
    found = []
    for name, fields in rows.items():
        found += [above + name, *_rows_paths(dict(pair for pair in fields if isinstance(pair, tuple)), f"{above}{name}__")]
    return found


class Days(serializers.Serializer):
    """First and last day of a span; without a last day it stays open."""

    first = serializers.DateField()
    last = serializers.DateField(required=False, allow_null=True)


_INPUT: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.ModelMultipleChoiceField, lambda f: serializers.ListField(child=serializers.IntegerField(), required=f.required)),
    (forms.ModelChoiceField, lambda f: serializers.IntegerField(required=f.required, allow_null=not f.required)),
    (DaysField, lambda f: Days(required=f.required)),
    (forms.FileField, lambda f: serializers.FileField(required=f.required)),
    (forms.MultipleChoiceField, lambda f: serializers.ListField(child=serializers.CharField(), required=f.required)),
    (forms.ChoiceField, lambda f: serializers.CharField(required=f.required, allow_blank=not f.required, **_codes(f))),
    (forms.BooleanField, lambda f: serializers.BooleanField(required=f.required)),
    (forms.DateTimeField, lambda f: serializers.DateTimeField(required=f.required, allow_null=not f.required)),
    (forms.DateField, lambda f: serializers.DateField(required=f.required, allow_null=not f.required)),
    (
        forms.DecimalField,
        lambda f: serializers.DecimalField(max_digits=14, decimal_places=3, required=f.required, allow_null=not f.required),
    ),
    (forms.IntegerField, lambda f: serializers.IntegerField(required=f.required, allow_null=not f.required, min_value=f.min_value,
                                                            max_value=f.max_value)),
)


def _codes(field: Any) -> dict[str, Any]:
    """What may be chosen, for the reader of the documentation, and the first of it for its example."""
    codes = [str(code) for code, label in field.choices if code != "" and not isinstance(label, list | tuple)]
    if not codes:
        return {}
    return {"initial": codes[0]} | ({"help_text": f"One of: {', '.join(codes)}."} if len(codes) <= 20 else {})


def input_serializer(name: str, form: type[forms.BaseForm] | None) -> type[serializers.Serializer]:
    """The shape of a form for the schema; the form itself validates."""
    fields: dict[str, Any] = {}
    for field_name, field in (form.base_fields if form else {}).items():
        build = next((build for kind, build in _INPUT if isinstance(field, kind)), None)
        fields[field_name] = build(field) if build else serializers.CharField(
            required=field.required, allow_blank=not field.required, max_length=getattr(field, "max_length", None), label=field.label)
    return type(f"{name}Input", (serializers.Serializer,), fields)


def client_key(request: Request) -> Any:
    import uuid

    text = request.headers.get("Idempotency-Key", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise ValidationError({"Idempotency-Key": _("Write the key as a UUID.")}) from None


def cleaned(form: forms.BaseForm) -> dict[str, Any]:
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.cleaned_data


# versions --------------------------------------------------------------------------------------------------------
def etag_of(version: str, body: Any) -> str:
    """Strong: the version of the row, then a digest of what is shown, because names of other records and the language stand in it too."""
    shown = json.dumps(body, cls=DjangoJSONEncoder, sort_keys=True, default=str).encode()
    return f'"{version}.{hashlib.blake2b(shown, digest_size=6).hexdigest()}"'


def tags_in(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",") if tag.strip()]


def versions_in(header: str) -> Collection[str] | None:
    """The versions of an If-Match header; None for "*" and for no header at all. A weak or foreign tag fits nothing."""
    tags = tags_in(header)
    return None if not tags or "*" in tags else {tag.strip('"').partition(".")[0] for tag in tags if tag.startswith('"')}


# views -----------------------------------------------------------------------------------------------------------
class RecordViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The API of one resource."""

    resource: type[Resource] = Resource  # given by the viewset

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        self.action = self.action_map.get(request.method.lower()) or ""  # known before the parsers are chosen
        return super().initialize_request(request, *args, **kwargs)

    def get_parsers(self) -> list[Any]:
        """JSON; with files in the form also multipart."""
        form = self.form_asked()
        with_files = form is not None and any(isinstance(field, forms.FileField) for field in form.base_fields.values())
        return [Json(), Upload()] if with_files else [Json()]

    def form_asked(self) -> type[forms.BaseForm] | None:
        """The form behind the present action."""
        action = self.action or ""
        if action.startswith("move_"):
            return WORKFLOWS[self.resource.kind].moves[action.removeprefix("move_")].form_class
        return {"create": self.resource.add_form or self.resource.form, "partial_update": self.resource.form}.get(action)

    @property
    def joins(self) -> list[str]:
        return list(dict.fromkeys([*self.resource.api_joins, *self.resource.list_joins]))

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.resource.model._base_manager.none()
        rows = self.resource.rows(self.request.user)
        lists = [field.name for field in self.resource.model._meta.many_to_many if field.name in self.resource.api_fields]
        lists += _rows_paths(self.resource.api_rows)
        return rows.select_related(*self.joins).prefetch_related(*lists) if self.joins else rows.prefetch_related(*lists)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        record = get_object_or_404(self.get_queryset().annotate(row_version=RowVersion()), pk=self.kwargs["pk"])
        response = self.answer(record)
        known = {tag.removeprefix("W/") for tag in tags_in(request.headers.get("If-None-Match", ""))}
        if "*" in known or response["ETag"] in known:
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": response["ETag"], "Cache-Control": "private, no-cache"})
        return response

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        data, files = _form_data(request), request.FILES
        record, made = self.keyed(client_key(request), ["create", data, files], lambda: self.make(data, files))
        return self.answer(self.fresh(record), status.HTTP_201_CREATED if made else status.HTTP_200_OK)

    def partial_update(self, request: Request, pk: int) -> Response:
        if "If-Match" not in request.headers:
            raise PreconditionRequired(
                _("Say which version you change: send the ETag that you read as If-Match, or * for whichever is there."))
        data, files, seen = _form_data(request), request.FILES, versions_in(request.headers["If-Match"])
        changed = self.keyed(client_key(request), ["change", pk, data, files], lambda: self.change(data, files, seen))[0]
        return self.answer(self.fresh(changed))

    def perform_move(self, request: Request, pk: int, move: str) -> Response:
        data, files, seen = _form_data(request), request.FILES, versions_in(request.headers.get("If-Match", ""))
        act = ["move", pk, move, data, files]
        moved = self.keyed(client_key(request), act, lambda: self.make_move(pk, move, data, files, seen))[0]
        return self.answer(self.fresh(moved))

    def keyed(self, key: Any, content: list[Any], act: Callable[[], Any]) -> tuple[Any, bool]:
        """The act once per key. The key stands before every check: what is sent again may not be possible any more."""
        return once(key, self.request.user, [self.resource.kind, *content], act)

    def make(self, data: Any, files: Any) -> Any:
        declared, person = self.resource, self.request.user
        build: Any = declared.add_form or declared.form
        if build is None:
            raise exceptions.MethodNotAllowed("POST")
        if not declared.may(person, "add"):
            raise NotAllowed(_("You may not add this: %(what)s.") % {"what": declared.label})
        return resources.create(declared, cleaned(build(data, files, person=person)), by=person)[0]

    def change(self, data: Any, files: Any, seen: Collection[str] | None) -> Any:
        declared, person, record = self.resource, self.request.user, self.get_object()
        build: Any = declared.form
        if build is None:
            raise exceptions.MethodNotAllowed("PATCH")
        if not declared.may(person, "change", record):
            raise NotAllowed(_("You may not change this: %(what)s.") % {"what": declared.label})
        present = forms.models.model_to_dict(record, fields=list(build.base_fields))
        form = build({**{k: v for k, v in present.items() if v is not None}, **data}, files, instance=record, person=person)
        return resources.update(declared, record, cleaned(form), by=person, row_version=seen)

    def make_move(self, pk: int, move: str, data: Any, files: Any, seen: Collection[str] | None) -> Any:
        record = get_object_or_404(self.get_queryset(), pk=pk)
        return bulk.make_move(record, move, data, files, by=self.request.user, row_version=seen)

    def perform_bulk(self, request: Request) -> Response:
        """Up to 100 acts, each with its own key and answer; one that is refused undoes no other."""
        asked = BulkInput(data=_form_data(request))
        if not asked.is_valid():
            raise ValidationError({"items": [" ".join(problem(asked.errors)["fields"].get("items", [_("Send a list of items.")]))]})
        results = [self.one_of_bulk(item) for item in asked.validated_data["items"]]
        done = sum(result["status"] < 400 for result in results)
        return Response({"done": done, "refused": len(results) - done, "results": results})

    def one_of_bulk(self, item: dict[str, Any]) -> dict[str, Any]:
        declared, name = self.resource, item.get("move", "")
        data = {key: value for key, value in item.get("data", {}).items() if value is not None}

        def act() -> tuple[Any, bool]:
            if self.request.auth is not None:
                self.request.auth.demand(declared.app, declared.kind, name or "add")
            if not name:
                return self.keyed(item["key"], ["create", data], lambda: self.make(data, None))
            flow = WORKFLOWS.get(declared.kind)
            if flow is None or name not in flow.moves or not flow.moves[name].by_people:
                raise ValidationError({"move": _("There is no such move.")})
            pk, seen = item.get("id") or 0, versions_in(item.get("version", ""))
            return self.keyed(item["key"], ["move", pk, name, data], lambda: self.make_move(pk, name, data, None, seen))

        try:
            outcome = bulk.alone(act)
        except (Http404, exceptions.APIException) as error:
            outcome = bulk.Outcome(error=error)
        answer: dict[str, Any] = {"key": str(item["key"]), "status": 200}
        if outcome.error:
            refused = refuse(outcome.error, {})
            assert refused is not None
            return answer | {"status": refused.status_code, "problem": refused.data}
        record = self.fresh(outcome.record)
        body = self.get_serializer(record).data
        return answer | {"status": 201 if outcome.made and not name else 200, "record": body, "version": etag_of(record.row_version, body)}

    def fresh(self, record: Any) -> Any:
        """The record after an act, read together with its version in one statement."""
        rows = self.resource.model._base_manager.annotate(row_version=RowVersion())
        return get_object_or_404(rows.select_related(*self.joins) if self.joins else rows, pk=record.pk)

    def answer(self, record: Any, status: int = status.HTTP_200_OK) -> Response:
        body = self.get_serializer(record).data
        return Response(body, status=status, headers={"ETag": etag_of(record.row_version, body), "Cache-Control": "private, no-cache"})


def _form_data(request: Request) -> dict[str, Any]:
    data = request.data
    if not isinstance(data, dict):
        raise exceptions.ParseError(_("Send an object with named fields."))
    return data if hasattr(data, "getlist") else {key: value for key, value in data.items() if value is not None}


REFUSALS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


class BulkItem(serializers.Serializer):
    """One act: without `move` a new record is made from `data`; with it, `move` is made on record `id`."""

    key = serializers.UUIDField(help_text="The Idempotency-Key of this item.")
    move = serializers.CharField(required=False, allow_blank=True, max_length=60)
    id = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    version = serializers.CharField(required=False, allow_blank=True, max_length=200, help_text="As If-Match.")
    data = serializers.DictField(required=False, help_text="The body that the single door takes.")  # type: ignore[assignment]


class BulkInput(serializers.Serializer):
    """Items in the order in which they are done."""

    items = serializers.ListField(child=BulkItem(), min_length=1, max_length=settings.API_BULK_MOST)


def bulk_output(name: str, shape: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """What became of each item, in the order asked."""
    result = type(f"{name}BulkResult", (serializers.Serializer,), {
        "key": serializers.UUIDField(), "status": serializers.IntegerField(help_text="What the single door would have answered."),
        "record": shape(required=False), "version": serializers.CharField(required=False), "problem": Problem(required=False),
    })
    return type(f"{name}Bulk", (serializers.Serializer,), {
        "done": serializers.IntegerField(), "refused": serializers.IntegerField(), "results": result(many=True),
    })


def viewset_of(declared: type[Resource]) -> type[RecordViewSet]:
    """The viewset class of a resource with its schema: shapes, examples, refusals (the common ones are added by `schema`)."""
    shape = output_serializer(declared)
    name, plural = declared.model.__name__, str(declared.label_plural)
    tags = [declared.app]
    made, changes = input_serializer(f"{name}New", declared.add_form or declared.form), input_serializer(name, declared.form)
    shown = example(shape())
    schema: dict[str, Any] = {
        "list": extend_schema(tags=tags, summary=f"List {plural}", responses={200: shape(many=True)}, examples=[shown]),
        "retrieve": extend_schema(tags=tags, summary=f"One of {plural}", parameters=[IF_NONE_MATCH, ETAG], examples=[shown],
                                  responses={200: shape, 304: None}),
        "create": extend_schema(tags=tags, summary=f"Add to {plural}", request=made, parameters=[KEY, ETAG],
                                examples=[shown, example(made(), asked=True)], responses={200: shape, 201: shape}),
        "partial_update": extend_schema(tags=tags, summary=f"Change one of {plural}", request=changes,
                                        parameters=[KEY, replace_required(IF_MATCH), ETAG],
                                        examples=[shown, example(changes(), asked=True)],
                                        responses={200: shape, 412: Problem, 428: Problem}),
    }
    body: dict[str, Any] = {
        "resource": declared,
        "serializer_class": shape,
        "filterset_class": declared.filterset,
        "queryset": declared.model._base_manager.none(),
        "__doc__": declared.model.__doc__,
    }
    stem = f"{declared.app}_{declared.slug.replace('-', '_')}"
    flow = WORKFLOWS.get(declared.kind)
    for step in flow or ():
        if step.by_people:
            asked = input_serializer(f"{name}{step.name.title().replace('_', '')}", step.form_class)
            body[f"move_{step.name}"] = extend_schema(
                tags=tags, request=asked, parameters=[KEY, IF_MATCH, ETAG], examples=[shown, example(asked(), asked=True)],
                responses={200: shape, 412: Problem}, operation_id=f"{stem}_{step.name}", summary=str(step.label),
            )(_move_action(step.name))
    if can_bulk(declared):
        sent, answered = bulk_examples(declared, shape(), made())
        body["bulk"] = extend_schema(
            tags=tags, operation_id=f"{stem}_bulk", summary=f"Many {plural} at once", request=BulkInput, examples=[sent, answered],
            description="Each item is made or moved for itself and says what became of it; one that is refused undoes no other.",
            responses={200: bulk_output(name, shape)},
        )(_bulk_action())
    return extend_schema_view(**schema)(type(f"{name}ViewSet", (RecordViewSet,), body))


def can_bulk(declared: type[Resource]) -> bool:
    return bool(declared.add_form or declared.form or any(step.by_people for step in WORKFLOWS.get(declared.kind) or ()))


def replace_required(parameter: OpenApiParameter) -> OpenApiParameter:
    return OpenApiParameter(parameter.name, parameter.type, parameter.location, required=True, description=parameter.description)


def example(shape: serializers.Serializer, *, asked: bool = False) -> OpenApiExample:
    """A filled-in request or answer."""
    filled = sample_of(shape, required_only=asked)
    return OpenApiExample("Sent" if asked else "Answered", filled, request_only=asked, response_only=not asked)


def bulk_examples(declared: type[Resource], shape: serializers.Serializer, made: serializers.Serializer) -> tuple[Any, Any]:
    key = "0b8f6c1e-6d0a-4c55-9f5e-3d1c9f1f7a10"
    step = next((step for step in WORKFLOWS.get(declared.kind) or () if step.by_people), None)
    asked = input_serializer("Asked", step.form_class)() if step else made
    item = {"key": key, **({"move": step.name, "id": 7} if step else {}), "data": sample_of(asked, required_only=True)}
    done = {"key": key, "status": 200 if step else 201, "record": sample_of(shape), "version": '"8123.5d0a9c11f0b2"'}
    late = {"key": "6f1c2a9e-0d5b-4c0e-8a57-2f4c8f7f2b11", "status": 409, "problem": {"detail": "Somebody was faster."}}
    return (OpenApiExample("Sent", {"items": [item]}, request_only=True),
            OpenApiExample("Answered", {"done": 1, "refused": 1, "results": [done, late]}, response_only=True))


def _move_action(name: str) -> Any:
    def action(self: RecordViewSet, request: Request, pk: int) -> Response:
        return self.perform_move(request, pk, name)

    action.__name__ = f"move_{name}"
    return action


def _bulk_action() -> Any:
    def bulk(self: RecordViewSet, request: Request) -> Response:
        return self.perform_bulk(request)

    return bulk


def api_urls() -> list[Any]:
    """URL patterns of the generated API."""
    found = []
    for declared in all_resources():
        viewset = viewset_of(declared)
        stem, name = f"{declared.app}/{declared.slug}/", f"{declared.app}-{declared.url_stem}"
        on_list: dict[str, Any] = {"get": "list"} | ({"post": "create"} if declared.add_form or declared.form else {})
        on_one: dict[str, Any] = {"get": "retrieve"} | ({"patch": "partial_update"} if declared.form else {})
        found.append(path(stem, viewset.as_view(on_list), name=f"{name}-list"))
        found.append(path(f"{stem}<int:pk>/", viewset.as_view(on_one), name=f"{name}-detail"))
        if can_bulk(declared):
            found.append(path(f"{stem}bulk/", viewset.as_view({"post": "bulk"}), name=f"{name}-bulk"))
        for step in WORKFLOWS.get(declared.kind) or ():
            if step.by_people:
                found.append(
                    path(f"{stem}<int:pk>/{step.name}/", viewset.as_view({"post": f"move_{step.name}"}), name=f"{name}-{step.name}")
                )
        found += part_urls(declared)
    return found
