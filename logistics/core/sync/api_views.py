"""The sync door over the API: `sync` for facts, `uploads/<sha256>` for the photos that belong to them."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from logistics.core import clock
from logistics.core.api import REFUSALS, Problem
from logistics.core.resources import RESOURCES
from logistics.core.sync import receiving, uploads
from logistics.core.sync.receiving import Answer, Sent

MOST_BYTES = 2**20


class RecordSerializer(serializers.Serializer):
    """The record a fact is about: its number here, or the phone's own for one that the phone began."""

    kind = serializers.CharField(max_length=60)
    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    uid = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("id" in attrs) == ("uid" in attrs):
            raise serializers.ValidationError(_("Name the record by id or by uid."))
        return attrs


class FactSerializer(serializers.Serializer):
    """One fact as the phone sends it. `seq` counts the facts of this phone from 1, without gaps."""

    kind = serializers.CharField(max_length=60)
    client_uid = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=1, max_value=2**31 - 2)
    record = RecordSerializer()
    label = serializers.CharField(max_length=200, required=False, allow_blank=True)  # type: ignore[assignment]
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    captured_at = serializers.DateTimeField(required=False, allow_null=True)
    data = serializers.DictField(required=False)  # type: ignore[assignment]


class BatchSerializer(serializers.Serializer):
    """A batch: which phone, what its clock says now, and at most 200 facts."""

    device = serializers.UUIDField()
    sent_at = serializers.DateTimeField(required=False, allow_null=True)
    facts = serializers.ListField(child=FactSerializer(), max_length=receiving.MOST_FACTS)


class AnswerSerializer(serializers.Serializer):
    client_uid = serializers.UUIDField()
    result = serializers.ChoiceField(["applied", "duplicate", "conflict", "waiting"])
    state = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    flags = serializers.ListField(child=serializers.CharField())
    record = serializers.DictField()


class BatchAnswerSerializer(serializers.Serializer):
    server_now = serializers.DateTimeField()
    answers = AnswerSerializer(many=True)


class ContactSerializer(serializers.Serializer):
    """Who is signed in, what our clock says, and the token that a sending needs."""

    person = serializers.IntegerField()
    server_now = serializers.DateTimeField()
    token = serializers.CharField()


class UploadSerializer(serializers.Serializer):
    """How many bytes are here: the next piece begins there."""

    sha256 = serializers.CharField()
    received = serializers.IntegerField()
    state = serializers.ChoiceField(["partial", "whole", "refused"])
    detail = serializers.CharField(allow_blank=True)


class Sync(APIView):
    """Facts made without a network."""

    @extend_schema(tags=["core"], operation_id="sync_contact", responses={200: ContactSerializer, 401: Problem}, filters=False)
    def get(self, request: Request) -> Response:
        answer = Response({"person": request.user.pk, "server_now": clock.now(), "token": get_token(request._request)})
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(
        tags=["core"], operation_id="sync", request=BatchSerializer,
        responses={200: BatchAnswerSerializer, 413: Problem, **{k: REFUSALS[k] for k in (400, 401, 403, 422)}},
        description="At most 200 facts and 1 MB. Each is accepted once; the same facts in any order and any batches give the same end.",
    )
    def post(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            return Response({"detail": _("A batch may have 1 MB at most.")}, status=413)
        batch = BatchSerializer(data=request.data)
        if not batch.is_valid():
            raise ValidationError(_in_one_line(batch.errors))
        data = batch.validated_data
        facts = [_sent(one) for one in data["facts"]]
        answers = receiving.receive(by=request.user, device=data["device"], sent_at=_sane(data.get("sent_at")), facts=facts)
        return Response({"server_now": clock.now(), "answers": [_answer(one) for one in answers]})


class Upload(APIView):
    """One piece of a photo."""

    @extend_schema(
        tags=["core"], operation_id="sync_upload", request={"application/octet-stream": bytes},
        parameters=[OpenApiParameter("offset", int, required=True), OpenApiParameter("size", int, required=True)],
        responses={200: UploadSerializer, 413: Problem, **{k: REFUSALS[k] for k in (401, 403, 409, 422)}},
        description="Pieces of at most 1 MB, in order; the answer says where the next one begins. The same piece again changes nothing.",
    )
    def put(self, request: Request, sha256: str) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > uploads.MOST_PIECE:
            return Response({"detail": _("A piece may have 1 MB at most.")}, status=413)
        try:
            offset, size = (int(request.query_params.get(name, "")) for name in ("offset", "size"))
        except ValueError:
            raise ValidationError(_("Say where the piece begins (offset) and how large the whole is (size).")) from None
        try:
            row = uploads.put_piece(by=request.user, sha256=sha256, offset=offset, size=size, content=request._request.body)
        except uploads.TooLarge as refusal:
            return Response({"detail": str(refusal)}, status=413)
        return Response({"sha256": row.sha256, "received": row.received, "state": row.state, "detail": row.detail})


def _sent(one: dict[str, Any]) -> Sent:
    record = one["record"]
    kind = record["kind"] if record["kind"] in RESOURCES else ""
    return Sent(
        one["client_uid"], one["seq"], one["kind"], kind, record.get("id"), record.get("uid"), one.get("label", ""),
        _sane(one.get("occurred_at")), _sane(one.get("captured_at")), one.get("data", {}),
    )


def _sane(instant: datetime | None) -> datetime | None:
    """A clock that stands in another century says nothing."""
    return instant if instant is not None and 2000 <= instant.year < 2100 else None


def _answer(answer: Answer) -> dict[str, Any]:
    fact = answer.fact
    record = {"kind": fact.kind, "id": fact.object_id} if fact else {}
    return {
        "client_uid": answer.client_uid, "result": answer.result, "state": fact.state if fact else "", "reason": answer.reason,
        "flags": fact.flags if fact else [], "record": record,
    }


def _in_one_line(errors: Any, path: str = "") -> str:
    """The first thing that is wrong with a batch: facts.3.seq: …"""
    if isinstance(errors, dict):
        name, inner = next(iter(errors.items()))
        return _in_one_line(inner, f"{path}{name}.")
    if isinstance(errors, list) and errors and not isinstance(errors[0], dict):
        return f"{path.rstrip('.')}: {errors[0]}"
    found: tuple[int, Any] = next(((n, one) for n, one in enumerate(errors) if one), (0, {}))
    return _in_one_line(found[1], f"{path}{found[0]}.")
