"""Answers below /api/v1/ that belong to no generated record: receipts of gateways, and the notices of whoever asks."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from logistics.alerts import services
from logistics.alerts.models import Channel, Notification
from logistics.alerts.services.channels import REPORTS, receive_receipts
from logistics.core.api import Problem

MOST = 1000


class Receipt(serializers.Serializer):
    """One report about one message."""

    id = serializers.CharField(max_length=100, help_text="The number that the gateway gave, or the key that was sent to it.")
    state = serializers.ChoiceField(choices=sorted(REPORTS))
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class Receipts(serializers.Serializer):
    receipts = serializers.ListField(child=Receipt(), max_length=MOST, allow_empty=False)


class Taken(serializers.Serializer):
    """How many were known, and how many were not."""

    matched = serializers.IntegerField()
    unknown = serializers.IntegerField()


class GatewayToken(BaseAuthentication):
    """A gateway shows the token of its channel: "Authorization: Bearer …", or "?token=…" where it can send no header."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        code = request.parser_context["kwargs"]["code"]
        channel = Channel.objects.filter(code=code).first()
        kind, _space, given = request.headers.get("Authorization", "").partition(" ")
        token = given if kind.lower() == "bearer" else request.query_params.get("token", "")
        if channel is None or not channel.receipt_token or not secrets.compare_digest(token.encode(), channel.receipt_token.encode()):
            raise AuthenticationFailed
        return None, channel

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ChannelReceipts(APIView):
    """What a gateway reports about messages that it took."""

    authentication_classes = [GatewayToken]
    permission_classes = []

    @extend_schema(
        tags=["alerts"],
        request=Receipts,
        responses={200: Taken, 400: Problem, 401: Problem},
        operation_id="alerts_channel_receipts",
        auth=[],
    )
    def post(self, request: Request, code: str) -> Response:
        data = request.data
        shape = Receipts(
            data=data if isinstance(data, dict) and "receipts" in data else {"receipts": data if isinstance(data, list) else [data]}
        )
        shape.is_valid(raise_exception=True)
        return Response(receive_receipts(channel=request.auth, receipts=shape.validated_data["receipts"]))


class NoticeOutput(serializers.ModelSerializer):
    """One thing that I was told."""

    title = serializers.CharField(source="words.title")
    body = serializers.CharField(source="words.body")

    class Meta:
        model = Notification
        fields = ("id", "title", "body", "link", "importance", "state", "drill", "created_at", "read_at", "ack_by", "acked_at")


@extend_schema_view(get=extend_schema(tags=["alerts"], responses={200: NoticeOutput(many=True), 401: Problem}))
class MyNotices(ListAPIView):
    """What I was told, newest first."""

    serializer_class = NoticeOutput
    queryset = Notification.objects.none()

    def get_queryset(self) -> Any:
        return Notification.objects.visible_to(self.request.user).shown()


class _OneNotice(APIView):
    serializer_class = NoticeOutput

    def notice(self, request: Request, pk: int) -> Notification:
        row = Notification.objects.visible_to(request.user).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row


class ReadNotice(_OneNotice):
    """I have read it."""

    @extend_schema(
        tags=["alerts"], request=None, responses={200: NoticeOutput, 401: Problem, 404: Problem}, operation_id="alerts_notifications_read"
    )
    def post(self, request: Request, pk: int) -> Response:
        row = self.notice(request, pk)
        services.mark_read(notification=row)
        row.refresh_from_db()
        return Response(NoticeOutput(row).data)


class AckNotice(_OneNotice):
    """I take it on: it is sent to me no further, and the alert it is about is acknowledged."""

    @extend_schema(
        tags=["alerts"],
        request=None,
        responses={200: NoticeOutput, 401: Problem, 404: Problem, 409: Problem},
        operation_id="alerts_notifications_ack",
    )
    def post(self, request: Request, pk: int) -> Response:
        return Response(NoticeOutput(services.acknowledge(notification=self.notice(request, pk), by=request.user)).data)
