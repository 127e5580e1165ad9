"""Pages that write what hangs on a record: comment, withdraw, follow, add or remove files, link and unlink; and the people to mention."""
from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import resources
from logistics.core.columns import follow as value_at
from logistics.core.models import Comment, RecordFile, kind_of
from logistics.core.pages import RecordPage, after, client_uid
from logistics.core.records import comments, files, following, links
from logistics.core.records.panels import Panels
from logistics.core.resources import RESOURCES, resource_of


class PartPage(RecordPage):
    """Base of the pages that write beside a record."""

    part = "comments"

    def record(self, pk: int, action: str = "view") -> Any:
        if not getattr(self.resource, self.part):
            raise Http404
        record = super().record(pk, action)
        if not self.resource.opens(record, self.request.user):
            raise Http404
        return record

    def wrong(self, error: ValidationError) -> HttpResponse:
        """What was wrong, in the place of the form that asked; without scripts as a page."""
        response = self.show("core/note.html", {}, status=422, message=" ".join(error.messages))
        return response

    def done(self, record: Any, what: str) -> HttpResponse:
        return after(self.request, self.request.POST.get("next") or record.get_absolute_url(), what)


class CommentPage(PartPage):
    """Write on a record."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        text, mention = request.POST.get("text", ""), request.POST.getlist("mention")

        def act() -> Any:
            return comments.write(record, text, by=request.user, internal="internal" in request.POST, mention=mention)

        try:
            resources.once(client_uid(request), request.user, ["comment", kind_of(record), pk, text], act)
        except ValidationError as error:
            return self.wrong(error)
        if request.htmx and not request.POST.get("next"):
            panels = Panels(self, record)
            panels.read(whole=False)
            response = render(request, "core/parts/timeline.html", {"timeline": panels.context(), "announce": _("Sent")})
            response["HX-Retarget"], response["HX-Reswap"] = "#timeline-lines", "outerHTML"
            return response
        return self.done(record, "comment")


class WithdrawPage(PartPage):
    """Take back one's own comment."""

    def post(self, request: HttpRequest, pk: int, comment: int) -> HttpResponse:
        record = self.record(pk)
        row = get_object_or_404(Comment, pk=comment, kind=kind_of(record), object_id=pk)
        if row.internal and not self.resource.internal(record, request.user):
            raise Http404
        comments.withdraw(row, by=request.user)
        return self.done(record, "withdraw")


class PeoplePage(PartPage):
    """People to mention: those who may see the record."""

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        record = self.record(pk)
        if not self.resource.may_talk(record, request.user):
            raise self.refuse(_("You may not write on this record."), "change")
        found = comments.suggest(record, request.GET.get("q", ""), by=request.user)
        hint = resource_of(found[0]).option_hint if found and kind_of(found[0]) in RESOURCES else ""
        return JsonResponse({"results": [
            {"id": one.pk, "text": one.name, "hint": str(value_at(one, hint) or one.number) if hint else one.number} for one in found
        ]})


class FollowPage(PartPage):
    """Hear of a record, or not any more."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        following.follow(record, request.user, following=request.POST.get("following", "1") != "0")
        return self.done(record, "follow")


class FilesPage(PartPage):
    """Add papers to a record."""

    part = "files"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        uploads, label = request.FILES.getlist("files"), request.POST.get("label", "other")

        def act() -> Any:
            return files.add(record, uploads, by=request.user, label=label)[-1]

        try:
            resources.once(client_uid(request), request.user, ["files", kind_of(record), pk, label, uploads], act)
        except ValidationError as error:
            return self.wrong(error)
        messages.success(request, _("Added: %(names)s") % {"names": _(", ").join(str(upload.name) for upload in uploads)})
        return self.done(record, "files")


class RemoveForm(forms.Form):
    """Why a paper goes."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class UnfilePage(PartPage):
    """Remove a paper, with the reason."""

    part = "files"

    def get(self, request: HttpRequest, pk: int, file: int) -> HttpResponse:
        record, row = self.row(pk, file)
        return self.ask(record, row, RemoveForm())

    def post(self, request: HttpRequest, pk: int, file: int) -> HttpResponse:
        record, row = self.row(pk, file)
        form = RemoveForm(request.POST)
        if not form.is_valid():
            return self.ask(record, row, form, status=422)
        files.remove(row, record, by=request.user, reason=form.cleaned_data["reason"])
        return self.done(record, "files")

    def row(self, pk: int, file: int) -> tuple[Any, RecordFile]:
        record = self.record(pk)
        row = get_object_or_404(files.present(record), pk=file)
        if not files.may_remove(row, record, self.request.user):
            raise self.refuse(_("Only who added a file, or who may change the record, may remove it."), "change")
        return record, row

    def ask(self, record: Any, row: RecordFile, form: forms.Form, status: int = 200) -> HttpResponse:
        page = {"title": _("Remove “%(name)s”?") % {"name": row.name}, "form": form, "submit_label": _("Remove"), "danger": True,
                "consequence": _("It can no longer be taken along. That it was here stays in the timeline."),
                "action": self.request.path, "cancel_url": record.get_absolute_url(), "client_uid": str(uuid.uuid4())}
        return self.show("core/move.html", page, status=status, record=record)


class LinksPage(PartPage):
    """Numbers to link to, and the linking."""

    part = "links"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.allowed(pk)
        return self.show("core/parts/numbers.html", {}, numbers=links.suggest(request.GET.get("number", ""), request.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.allowed(pk)
        number, type_ = request.POST.get("number", ""), request.POST.get("type", "related")
        try:
            other = links.by_number(number, request.user)
            if other is None:
                raise ValidationError(_("There is no record of this number that you may see."))
            links.link(record, other, by=request.user, type=type_)
        except ValidationError as error:
            return self.wrong(error)
        return self.done(record, "link")

    def allowed(self, pk: int) -> Any:
        record = self.record(pk)
        if not self.resource.may_link(record, self.request.user):
            raise self.refuse(_("You may not link this record."), "change")
        return record


class UnlinkPage(LinksPage):
    """Take a link away."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, link: int) -> HttpResponse:  # type: ignore[override]
        record = self.allowed(pk)
        row = get_object_or_404(links.of(record), pk=link)
        other = (row.other_kind, row.other_id) if (row.kind, row.object_id) == (kind_of(record), pk) else (row.kind, row.object_id)
        if not links.readable(request.user, [other]):
            raise Http404
        links.unlink(row, record, by=request.user)
        return self.done(record, "link")
