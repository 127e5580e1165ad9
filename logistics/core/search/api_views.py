"""The one search box for programs."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from logistics.core.api import Problem
from logistics.core.doors import asker, slow_down
from logistics.core.search.finding import MOST, find, searched
from logistics.core.search.text import MOST_LETTERS, words


class Hit(serializers.Serializer):
    """One record, best first."""

    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField(help_text="Its page.")


class HitGroup(serializers.Serializer):
    """What was found of one kind; `more` when there are more than are shown."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    more = serializers.BooleanField()
    hits = Hit(many=True)


class Hits(serializers.Serializer):
    groups = HitGroup(many=True)


class Search(APIView):
    """Records of every kind by number, name, pinyin or two Chinese characters, within what the asker may see."""

    @extend_schema(
        tags=["core"], operation_id="search", responses={200: Hits, 400: Problem},
        parameters=[
            OpenApiParameter("q", {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS}, required=True,
                             description="Words; every one must occur. Pinyin as initials (YYL) or in full (yinyuelou).",
                             examples=[OpenApiExample("two characters", "漏水"), OpenApiExample("number", "GD-2026-000123")]),
            OpenApiParameter("kind", {"type": "string"}, required=False, description='Only this kind of record, such as "campus.place".',
                             examples=[OpenApiExample("places", "campus.place")]),
        ],
        examples=[OpenApiExample("found", {"groups": [{"kind": "campus.place", "label": "place", "more": False, "hits": [
            {"id": 7, "label": "Music building", "url": "/campus/places/7/"}]}]}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        slow_down("search", asker(request))
        text = request.query_params.get("q", "")
        if len(text) > MOST_LETTERS:
            raise exceptions.ParseError(_("At most %(n)s characters at once.") % {"n": MOST_LETTERS})
        if not words(text):
            raise exceptions.ParseError(_("Type a number, a name or a word."))
        kinds = [declared.kind for declared in searched() if self.opened(request.auth, declared)]
        if "kind" in request.query_params:
            kinds = [kind for kind in kinds if kind == request.query_params["kind"]]
        groups = [
            {"kind": one.resource.kind, "label": str(one.resource.label), "more": one.more,
             "hits": [{"id": record.pk, "label": str(record), "url": record.get_absolute_url()} for record in one.records]}
            for one in find(request.user, text, kinds=kinds, most=MOST)
        ]
        return Response({"groups": groups})

    def opened(self, token: Any, declared: Any) -> bool:
        """A token finds only what it may read."""
        return token is None or token.allows(declared.app, declared.kind, "view")
