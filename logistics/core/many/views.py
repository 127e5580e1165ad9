"""Choosing rows, asking what the act needs, and saying what became of each."""
from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from logistics.core.jobs.resources import Jobs
from logistics.core.jobs.services import start
from logistics.core.many.acts import AT_ONCE, MOST, Act, acts_of, asking, do_one, faults, preview
from logistics.core.pages import RecordPage, after, client_uid, filtered_rows
from logistics.core.resources import RESOURCES
from logistics.core.transfer.exporting import Asked


class BulkPage(RecordPage):
    """One act on many rows: POST with rows asks, POST with `sure` does."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        acts = acts_of(self.resource, request.user)
        act = acts.get(request.POST.get("act", ""))
        if not acts:
            raise self.refuse(_("You may not do this."), "change")
        ids, seen = self.chosen()
        if act is None or not ids:
            return self.note(_("Choose rows first."))
        if len(ids) > MOST:
            return self.note(_("More than %(n)s rows match. Narrow the filter.") % {"n": f"{MOST:,}"})
        sure = "sure" in request.POST and request.POST.get("n") == str(len(ids))
        form = asking(self.resource, act, request.user, request.POST if sure else None)
        uid = client_uid(request) or uuid.uuid4()
        if not sure or (form is not None and faults(form)):
            return self.ask(act, form, ids, uid, 422 if sure else 200)
        data = {name: self.raw(name) for name in form.fields} if form is not None else {}
        if len(ids) > AT_ONCE:
            params = {"kind": self.resource.kind, "act": act.code, "ids": ids, "data": data, "uid": str(uid)}
            job = start("core.many", params, by=request.user, subject=self.title(act, len(ids)), client_uid=uid)
            return after(request, job.get_absolute_url(), "many")
        rows = [do_one(self.resource, act, pk, data, by=request.user, uid=uid, seen=seen.get(pk, "")) for pk in ids]
        left = [row for row in rows if row["how"] != "done"]
        return self.show("core/many/result.html", result_page(act.label, len(rows) - len(left), left, self.list_url()))

    def chosen(self) -> tuple[list[int], dict[int, str]]:
        """Ids of the chosen rows, in the order of locking, and the versions that were on the page."""
        posted = self.request.POST
        if posted.get("all"):
            rows = filtered_rows(self.resource, Asked(QueryDict(posted.get("query", "")), self.request.user)).rows
            return list(rows.order_by("pk").values_list("pk", flat=True).distinct()[: MOST + 1]), {}
        seen: dict[int, str] = {}
        for text in posted.getlist("pk")[: MOST + 1]:
            pk, _dot, version = text.partition(".")
            if pk.isdigit() and len(pk) < 19:
                seen[int(pk)] = version
        return sorted(seen), seen

    def raw(self, name: str) -> Any:
        values = self.request.POST.getlist(name)
        return values if len(values) > 1 else (values[0] if values else "")

    def list_url(self) -> str:
        query = QueryDict(self.request.POST.get("query", ""), mutable=True)
        query["select"] = "1"
        return f"{reverse(self.resource.url_name('list'))}?{query.urlencode()}"

    def title(self, act: Act, n: int) -> str:
        return ngettext("%(act)s: %(n)s row", "%(act)s: %(n)s rows", n) % {"act": act.label, "n": f"{n:,}"}

    def note(self, words: str) -> HttpResponse:
        return self.show("core/many/note.html", {"title": words, "cancel_url": self.list_url(), "back_url": self.list_url()}, status=422)

    def ask(self, act: Act, form: Any, ids: list[int], uid: uuid.UUID, status: int) -> HttpResponse:
        posted = self.request.POST
        page = {
            "title": self.title(act, len(ids)), "form": form, "act": act.code, "danger": act.danger, "n": len(ids), "client_uid": uid,
            "label": act.label, "all": posted.get("all", ""), "query": posted.get("query", ""),
            "pks": [] if posted.get("all") else posted.getlist("pk"), "long": len(ids) > AT_ONCE, "action": self.request.path,
            "against": preview(self.resource, act, ids, self.request.user), "cancel_url": self.list_url(), "back_url": self.list_url(),
        }
        return self.show("core/many/ask.html", page, status=status)


def result_page(label: Any, done: int, left: list[dict[str, Any]], back: str, left_n: int = 0) -> dict[str, Any]:
    words = ngettext("%(n)s row done", "%(n)s rows done", done) % {"n": f"{done:,}"}
    return {"title": f"{label}{_(': ')}{words}", "done": done, "left": left, "left_n": left_n or len(left),
            "more": max(left_n - len(left), 0), "list_url": back, "back_url": back}


@login_required
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each row of work in the background, to whoever started it."""
    job = get_object_or_404(Jobs.rows(request.user), pk=pk, owner_id=request.user.pk, kind="core.many", state="done")
    declared = RESOURCES[job.params["kind"]]
    act = acts_of(declared, request.user).get(job.params["act"])
    page = result_page(act.label if act else job.params["act"], job.result["done"], job.result["left"], reverse(declared.url_name("list")),
                       job.result["left_n"])
    return render(request, "core/many/result.html", {"page": page})
