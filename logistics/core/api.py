"""The API, generated from the same declarations as the pages: same rows, same filters, same forms, same refusals."""
from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.core.exceptions import ValidationError
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from logistics.core import resources
from logistics.core.doors import Session
from logistics.core.errors import NotAllowed
from logistics.core.resources import Resource, all_resources
from logistics.core.workflow import WORKFLOWS, may_move, who_may

KEY = OpenApiParameter("Idempotency-Key", {"type": "string", "format": "uuid"}, OpenApiParameter.HEADER, required=False,
                       description="The same key with the same content gets the same answer; with other content 409.")


class Problem(serializers.Serializer):
    """A refusal: what is wrong in words, and field by field where it was made."""

    detail = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)  # type: ignore[assignment]
    who = serializers.ListField(child=serializers.CharField(), required=False)


# shapes ----------------------------------------------------------------------------------------------------------
class SpanField(serializers.Field):
    """A span of time: from (included) and until (not included, null while open)."""

    def to_representation(self, value: Any) -> dict[str, Any]:
        return {"from": value.lower, "until": value.upper}


class SpanSchema(OpenApiSerializerFieldExtension):
    """How the documentation draws a span."""

    target_class = SpanField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        instant = {"type": "string", "format": "date-time", "nullable": True}
        return {"type": "object", "properties": {"from": instant, "until": instant}}


class SessionSchema(OpenApiAuthenticationExtension):
    """How the documentation names the session."""

    target_class = Session
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class RecordSerializer(serializers.ModelSerializer):
    """Base of the generated shapes."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {DateTimeRangeField: SpanField}


def output_serializer(declared: type[Resource]) -> type[serializers.Serializer]:
    """id, label and the declared fields of a record."""
    names = [name for name in declared.api_fields]
    meta = type("Meta", (), {"model": declared.model, "fields": ["id", "label", *names], "read_only_fields": names})
    return type(f"{declared.model.__name__}Output", (RecordSerializer,), {
        "Meta": meta, "label": serializers.CharField(source="__str__", read_only=True), "__doc__": declared.model.__doc__,
    })


_INPUT: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.ModelMultipleChoiceField, lambda f: serializers.ListField(child=serializers.IntegerField(), required=f.required)),
    (forms.ModelChoiceField, lambda f: serializers.IntegerField(required=f.required, allow_null=not f.required)),
    (forms.FileField, lambda f: serializers.FileField(required=f.required)),
    (forms.MultipleChoiceField, lambda f: serializers.ListField(child=serializers.CharField(), required=f.required)),
    (forms.ChoiceField, lambda f: serializers.CharField(required=f.required, allow_blank=not f.required)),
    (forms.BooleanField, lambda f: serializers.BooleanField(required=f.required)),
    (forms.DateTimeField, lambda f: serializers.DateTimeField(required=f.required, allow_null=not f.required)),
    (forms.DateField, lambda f: serializers.DateField(required=f.required, allow_null=not f.required)),
    (
        forms.DecimalField,
        lambda f: serializers.DecimalField(max_digits=14, decimal_places=3, required=f.required, allow_null=not f.required),
    ),
    (forms.IntegerField, lambda f: serializers.IntegerField(required=f.required, allow_null=not f.required)),
)


def input_serializer(name: str, form: type[forms.BaseForm] | None) -> type[serializers.Serializer]:
    """The shape of a form for the schema; the form itself validates."""
    fields: dict[str, Any] = {}
    for field_name, field in (form.base_fields if form else {}).items():
        build = next((build for kind, build in _INPUT if isinstance(field, kind)), None)
        fields[field_name] = build(field) if build else serializers.CharField(required=field.required, allow_blank=not field.required)
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


# views -----------------------------------------------------------------------------------------------------------
class RecordViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The API of one resource."""

    resource: type[Resource] = Resource  # given by the viewset

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.resource.model._base_manager.none()
        rows = self.resource.rows(self.request.user)
        joins = [*self.resource.api_joins, *self.resource.list_joins]
        return rows.select_related(*joins) if joins else rows

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        declared = self.resource
        build: Any = declared.add_form or declared.form
        if build is None:
            raise exceptions.MethodNotAllowed("POST")
        if not declared.may(request.user, "add"):
            raise NotAllowed(_("You may not add this: %(what)s.") % {"what": declared.label})
        form = build(_form_data(request), request.FILES, person=request.user)
        record, made = resources.create(declared, cleaned(form), by=request.user, client_uid=client_key(request))
        return Response(self.shown(record), status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)

    def partial_update(self, request: Request, pk: int) -> Response:
        declared, record = self.resource, self.get_object()
        build: Any = declared.form
        if build is None:
            raise exceptions.MethodNotAllowed("PATCH")
        if not declared.may(request.user, "change", record):
            raise NotAllowed(_("You may not change this: %(what)s.") % {"what": declared.label})
        present = forms.models.model_to_dict(record, fields=list(build.base_fields))
        form = build(
            {**{k: v for k, v in present.items() if v is not None}, **_form_data(request)},
            request.FILES,
            instance=record,
            person=request.user,
        )
        return Response(self.shown(resources.update(declared, record, cleaned(form), by=request.user, client_uid=client_key(request))))

    def perform_move(self, request: Request, pk: int, move: str) -> Response:
        record = self.get_object()
        step = record.workflow.moves[move]
        if not may_move(step, record, request.user)[0]:
            raise NotAllowed(_("You may not do this: %(move)s.") % {"move": step.label}, who_may(step))
        form = resources.move_form(record, move, request.user, _form_data(request), request.FILES)
        fresh = resources.move(record, move, cleaned(form) if form else {}, by=request.user, client_uid=client_key(request))
        return Response(self.shown(fresh))

    def shown(self, record: Any) -> Any:
        return self.get_serializer(record).data


def _form_data(request: Request) -> dict[str, Any]:
    data = request.data
    if not isinstance(data, dict):
        raise exceptions.ParseError(_("Send an object with named fields."))
    return data if hasattr(data, "getlist") else {key: value for key, value in data.items() if value is not None}


REFUSALS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


def viewset_of(declared: type[Resource]) -> type[RecordViewSet]:
    """The viewset class of a resource with its schema."""
    shape = output_serializer(declared)
    name = declared.model.__name__
    tags = [declared.app]
    schema: dict[str, Any] = {
        "list": extend_schema(tags=tags, responses={200: shape(many=True), **{k: REFUSALS[k] for k in (400, 401, 404)}}),
        "retrieve": extend_schema(tags=tags, responses={200: shape, **{k: REFUSALS[k] for k in (401, 404)}}),
        "create": extend_schema(tags=tags, request=input_serializer(f"{name}New", declared.add_form or declared.form), parameters=[KEY],
                                responses={200: shape, 201: shape, **REFUSALS}),
        "partial_update": extend_schema(tags=tags, request=input_serializer(name, declared.form), parameters=[KEY],
                                        responses={200: shape, **REFUSALS}),
    }
    body: dict[str, Any] = {
        "resource": declared,
        "serializer_class": shape,
        "filterset_class": declared.filterset,
        "queryset": declared.model._base_manager.none(),
        "__doc__": declared.model.__doc__,
    }
    flow = WORKFLOWS.get(declared.kind)
    for step in flow or ():
        if step.by_people:
            body[f"move_{step.name}"] = extend_schema(
                tags=tags, request=input_serializer(f"{name}{step.name.title().replace('_', '')}", step.form_class), parameters=[KEY],
                responses={200: shape, **REFUSALS}, operation_id=f"{declared.app}_{declared.slug.replace('-', '_')}_{step.name}",
                summary=str(step.label),
            )(_move_action(step.name))
    return extend_schema_view(**schema)(type(f"{name}ViewSet", (RecordViewSet,), body))


def _move_action(name: str) -> Any:
    def action(self: RecordViewSet, request: Request, pk: int) -> Response:
        return self.perform_move(request, pk, name)

    action.__name__ = f"move_{name}"
    return action


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
        for step in WORKFLOWS.get(declared.kind) or ():
            if step.by_people:
                found.append(
                    path(f"{stem}<int:pk>/{step.name}/", viewset.as_view({"post": f"move_{step.name}"}), name=f"{name}-{step.name}")
                )
    return found
