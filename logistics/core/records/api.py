"""The API of what hangs on a record: comments, followers, files and links, generated for every resource that has them."""
from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from logistics.core import resources
from logistics.core.errors import NotAllowed
from logistics.core.models import Comment, RecordFile, RecordLink, kind_of
from logistics.core.records import comments, files, following, links
from logistics.core.resources import Resource


# shapes ----------------------------------------------------------------------------------------------------------
class PersonOut(serializers.Serializer):
    """A person by name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class CommentOut(serializers.Serializer):
    """Words on a record; a withdrawn comment has none."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = PersonOut(allow_null=True)
    text = serializers.SerializerMethodField()
    internal = serializers.BooleanField()
    mentioned = serializers.SerializerMethodField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    def get_text(self, row: Comment) -> str:
        return "" if row.withdrawn_at else row.text

    def get_mentioned(self, row: Comment) -> list[int]:
        return [] if row.withdrawn_at else [one["id"] for one in row.mentioned]


class CommentIn(serializers.Serializer):
    """A comment to write. `mentions` are ids of people; @number and @name in the text count too."""

    text = serializers.CharField(max_length=2000)
    internal = serializers.BooleanField(required=False, default=False)
    mentions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, default=list, max_length=20
    )


class FileOut(serializers.Serializer):
    """A paper of a record; `url` hands it out as a download."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    label = serializers.ChoiceField(choices=RecordFile.Label.values)  # type: ignore[assignment]
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    by = PersonOut(allow_null=True)
    at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_url(self, row: RecordFile) -> str:
        return reverse("file", args=[row.pk])


class FilesIn(serializers.Serializer):
    """Papers to add, as multipart/form-data."""

    files = serializers.ListField(child=serializers.FileField(), max_length=files.MOST_AT_ONCE)
    label = serializers.ChoiceField(choices=RecordFile.Label.values, required=False, default="other")  # type: ignore[assignment]


class ReasonIn(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=200)


class FollowersOut(serializers.Serializer):
    """Whether the caller hears of the record, and who does; the names are for those who work on it."""

    following = serializers.BooleanField()
    people = PersonOut(many=True)


class FollowIn(serializers.Serializer):
    """True to hear of the record, False not to."""

    following = serializers.BooleanField(required=False, default=True)


class LinkOut(serializers.Serializer):
    """A link seen from this record. Of a record that the caller may not see only the kind is told."""

    id = serializers.IntegerField()
    type = serializers.CharField()
    kind = serializers.CharField()
    record = serializers.IntegerField(allow_null=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]


class LinkIn(serializers.Serializer):
    """The number of the other record, and how they belong together."""

    number = serializers.CharField(max_length=60)
    type = serializers.ChoiceField(choices=RecordLink.Type.values, required=False, default="related")


# views -----------------------------------------------------------------------------------------------------------
class PartView(viewsets.GenericViewSet):
    """Base: the record in scope, and open to what hangs on it; else 404."""

    resource: type[Resource] = Resource
    queryset = Comment.objects.none()
    pagination_class = None
    filter_backends: list[Any] = []

    def record(self, pk: int) -> Any:
        record = get_object_or_404(self.resource.rows(self.request.user), pk=pk)
        if not self.resource.opens(record, self.request.user):
            raise exceptions.NotFound
        return record

    def given(self, shape: type[serializers.Serializer]) -> dict[str, Any]:
        found = shape(data=self.request.data)
        if not found.is_valid():
            raise ValidationError({name: [str(one) for one in errors] if isinstance(errors, list) else str(errors)
                                   for name, errors in found.errors.items()})
        return found.validated_data

    def once(self, content: list[Any], act: Any) -> tuple[Any, int]:
        from logistics.core.api import client_key

        made, now = resources.once(client_key(self.request), self.request.user, content, act)
        return made, status.HTTP_201_CREATED if now else status.HTTP_200_OK

    # comments
    def comments(self, request: Request, pk: int) -> Response:
        record = self.record(pk)
        rows = Comment.objects.filter(kind=kind_of(record), object_id=pk).select_related("by").order_by("-at", "-id")
        if not self.resource.internal(record, request.user):
            rows = rows.filter(internal=False)
        return Response(CommentOut(rows[:200], many=True).data)

    def comment(self, request: Request, pk: int) -> Response:
        record = self.record(pk)
        if not self.resource.may_talk(record, request.user):
            raise NotAllowed(_("You may not write on this record."))
        data = self.given(CommentIn)
        made, code = self.once(["comment", kind_of(record), pk, data], lambda: comments.write(
            record, data["text"], by=request.user, internal=data["internal"], mention=data["mentions"]))
        return Response(CommentOut(made).data, status=code)

    def withdraw(self, request: Request, pk: int, comment: int) -> Response:
        record = self.record(pk)
        row = get_object_or_404(Comment, pk=comment, kind=kind_of(record), object_id=pk)
        if row.internal and not self.resource.internal(record, request.user):
            raise exceptions.NotFound
        return Response(CommentOut(comments.withdraw(row, by=request.user)).data)

    # followers
    def followers(self, request: Request, pk: int) -> Response:
        return Response(self.hearing(self.record(pk)))

    def follow(self, request: Request, pk: int) -> Response:
        record = self.record(pk)
        following.follow(record, request.user, following=self.given(FollowIn)["following"])
        return Response(self.hearing(record))

    def hearing(self, record: Any) -> dict[str, Any]:
        people = following.followers(record) if self.resource.internal(record, self.request.user) else []
        return FollowersOut({"following": self.request.user.pk in following.follower_ids(record), "people": people}).data

    # files
    def files(self, request: Request, pk: int) -> Response:
        return Response(FileOut(files.present(self.record(pk)).select_related("by"), many=True).data)

    def file(self, request: Request, pk: int) -> Response:
        record = self.record(pk)
        if not self.resource.may_file(record, request.user):
            raise NotAllowed(_("You may not add files here."))
        uploads, label = request.FILES.getlist("files"), str(request.data.get("label", "other"))
        made, code = self.once(["files", kind_of(record), pk, label, uploads],
                               lambda: files.add(record, uploads, by=request.user, label=label)[-1])
        rows = files.present(record).filter(pk__lte=made.pk, at__gte=made.at).select_related("by") if code == 201 else [made]
        return Response(FileOut(list(rows)[: max(len(uploads), 1)], many=True).data, status=code)

    def unfile(self, request: Request, pk: int, file: int) -> Response:
        record = self.record(pk)
        row = get_object_or_404(files.present(record), pk=file)
        if not files.may_remove(row, record, request.user):
            raise NotAllowed(_("Only who added a file, or who may change the record, may remove it."))
        files.remove(row, record, by=request.user, reason=self.given(ReasonIn)["reason"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    # links
    def links(self, request: Request, pk: int) -> Response:
        record = self.record(pk)
        return Response(LinkOut(self.seen(record, links.of(record)), many=True).data)

    def link(self, request: Request, pk: int) -> Response:
        record = self.record(pk)
        if not self.resource.may_link(record, request.user):
            raise NotAllowed(_("You may not link this record."))
        data = self.given(LinkIn)
        other = links.by_number(data["number"], request.user)
        if other is None:
            raise ValidationError({"number": _("There is no record of this number that you may see.")})
        made, code = self.once(["link", kind_of(record), pk, data], lambda: links.link(record, other, by=request.user, type=data["type"]))
        return Response(LinkOut(self.seen(record, [made])[0]).data, status=code)

    def unlink(self, request: Request, pk: int, link: int) -> Response:
        record = self.record(pk)
        if not self.resource.may_link(record, request.user):
            raise NotAllowed(_("You may not link this record."))
        row = get_object_or_404(links.of(record), pk=link)
        if self.seen(record, [row])[0]["record"] is None:
            raise exceptions.NotFound
        links.unlink(row, record, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def seen(self, record: Any, rows: Any) -> list[dict[str, Any]]:
        plain = [{name: getattr(row, name) for name in ("id", "kind", "object_id", "type", "other_kind", "other_id")} for row in rows]
        return [{"id": end.pk, "type": row["type"], "kind": end.kind, "record": end.record.pk if end.record else None,
                 "label": links.label_of(end.record) if end.record else ""}
                for end, row in zip(links.linked(record, plain, self.request.user), plain, strict=True)]


# (flag of the resource, tail of the address, name, {method: action})
PARTS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("comments", "comments/", "comments", {"get": "comments", "post": "comment"}),
    ("comments", "comments/<int:comment>/withdraw/", "comment-withdraw", {"post": "withdraw"}),
    ("comments", "followers/", "followers", {"get": "followers", "post": "follow"}),
    ("files", "files/", "files", {"get": "files", "post": "file"}),
    ("files", "files/<int:file>/remove/", "file-remove", {"post": "unfile"}),
    ("links", "links/", "links", {"get": "links", "post": "link"}),
    ("links", "links/<int:link>/remove/", "link-remove", {"post": "unlink"}),
)


def view_of(declared: type[Resource]) -> Any:
    """The view of one resource, with the schema of each act."""
    from logistics.core.api import KEY, REFUSALS

    stem = f"{declared.app}_{declared.slug.replace('-', '_')}"

    def act(name: str, request: Any, answers: Any, keyed: bool = False) -> Any:
        refused = {code: problem for code, problem in REFUSALS.items() if request is not None or code in (401, 403, 404, 409)}
        document = extend_schema(tags=[declared.app], operation_id=f"{stem}_on_record_{name}", request=request,
                                 parameters=[KEY] if keyed else [], responses={**answers, **refused})
        return document(_own(getattr(PartView, name)))

    return type(f"{declared.model.__name__}Parts", (PartView,), {
        "resource": declared, "__doc__": f"What hangs on it. {declared.model.__doc__}",
        "comments": act("comments", None, {200: CommentOut(many=True)}),
        "comment": act("comment", CommentIn, {201: CommentOut, 200: CommentOut}, keyed=True),
        "withdraw": act("withdraw", None, {200: CommentOut}),
        "followers": act("followers", None, {200: FollowersOut}),
        "follow": act("follow", FollowIn, {200: FollowersOut}),
        "files": act("files", None, {200: FileOut(many=True)}),
        "file": act("file", {"multipart/form-data": FilesIn}, dict.fromkeys((200, 201), FileOut(many=True)), keyed=True),
        "unfile": act("unfile", ReasonIn, {204: None}),
        "links": act("links", None, {200: LinkOut(many=True)}),
        "link": act("link", LinkIn, {201: LinkOut, 200: LinkOut}, keyed=True),
        "unlink": act("unlink", None, {204: None}),
    })


def _own(method: Any) -> Any:
    """A copy of a method, to which a schema of its own can be tied."""
    def action(self: PartView, request: Request, *args: Any, **kwargs: Any) -> Response:
        return method(self, request, *args, **kwargs)

    action.__name__, action.__doc__ = method.__name__, method.__doc__
    return action


def part_urls(declared: type[Resource]) -> list[Any]:
    """The addresses of what hangs on a record of this resource."""
    view, stem = view_of(declared), f"{declared.app}/{declared.slug}/<int:pk>/"
    return [path(f"{stem}{tail}", view.as_view(methods), name=f"{declared.app}-{declared.url_stem}-{name}")
            for flag, tail, name, methods in PARTS if getattr(declared, flag)]
