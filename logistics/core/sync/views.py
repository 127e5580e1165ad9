"""Pages of work without a network: the worker of the browser, what waits on this phone, what became of what was sent."""
from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from logistics.core import script_words
from logistics.core.errors import NotAllowed
from logistics.core.models import SyncConflict, SyncFact
from logistics.core.resources import RESOURCES
from logistics.core.sync.kinds import SYNC_KINDS
from logistics.core.sync.pages import INSTEAD, KEEP, pages_for
from logistics.core.sync.resources import LOOKS
from logistics.core.templatetags import ui
from logistics.core.workflow import WORKFLOWS

SHELL = (
    "npm/@tabler/core/dist/css/tabler.min.css", "css/tokens.css", "css/app.css", "npm/htmx.org/dist/htmx.min.js", "js/app.js",
    "js/outbox.js", "js/offline.js", "js/photos.js", "js/order.js", "js/rounds.js", "js/scan.js", "img/app-icon.svg",
)
PAGE = 50


@lru_cache(maxsize=1)
def worker_text() -> str:
    """The worker with its files; its version is that of their contents, so that a new release brings new copies."""
    digest = hashlib.sha256()
    for name in SHELL:
        digest.update(Path(str(finders.find(name))).read_bytes())
    digest.update("".join(script_words.addresses()).encode())
    words = {
        "OUTBOX": static("js/outbox.js"), "VERSION": digest.hexdigest()[:12],
        "FILES": [*map(static, SHELL), *script_words.addresses()],
        "KEEP": KEEP, "INSTEAD": [(pattern, url()) for pattern, url in INSTEAD], "OFFLINE": reverse("offline"),
        "URLS": reverse("offline-pages"),
        "SIGN_OUT": reverse("sign-out"),
    }
    return render_to_string("sw.js", {"settings": json.dumps(words)})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may keep pages of every app."""
    response = HttpResponse(worker_text.__wrapped__() if settings.DEBUG else worker_text(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@login_required
@require_GET
def pages(request: HttpRequest) -> JsonResponse:
    """What this person's phone keeps for the day."""
    return JsonResponse({"pages": pages_for(request.user)})


@login_required
@require_GET
def kit(request: HttpRequest, kind: str) -> HttpResponse:
    """The forms of all moves of a kind of record that may be made without a network, with the states they lead from and to."""
    declared, flow = RESOURCES.get(kind), WORKFLOWS.get(kind)
    names = {one.move: one.code for one in SYNC_KINDS if one.record == kind and one.move}
    if declared is None or flow is None or not names:
        raise Http404
    if not declared.rows(request.user).exists():
        raise NotAllowed(_("You may not see this: %(what)s.") % {"what": declared.label_plural})
    moves = []
    for name in names:
        move = flow.moves[name]
        build: Any = move.form_class
        form = build(person=request.user) if build else None
        title = move.question or move.label
        moves.append({"move": move, "code": names[name], "sources": " ".join(sorted(move.sources)), "page": {
            "title": title, "form": form, "submit_label": move.label, "danger": move.danger, "client_uid": "", "cancel_url": "#",
            "action": reverse(declared.url_name("move"), args=[0, name])}})
    return render(request, "core/sync/kit.html", {"moves": sorted(moves, key=lambda one: one["move"].weight), "states": flow.states})


@login_required
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """What waits on this phone. The browser fills it in: the server knows nothing of it yet."""
    return render(request, "core/sync/outbox.html", {"page": {"title": _("Waiting to send"), "back_url": reverse("home")}})


@never_cache
@login_required
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """What became of what I sent from a phone: accepted, waiting for a decision, decided."""
    person: Any = request.user
    number = request.GET.get("page", "1")
    start = (min(int(number), 200) - 1) * PAGE if number.isdigit() and 0 < len(number) < 4 and int(number) else 0
    facts = list(SyncFact.objects.filter(person=person).select_related("conflict__settled_by").order_by("-recorded_at", "-id")
                 [start : start + PAGE + 1])
    open_ = SyncConflict.objects.filter(person=person).open().count()
    page = {
        "title": _("What I sent"), "back_url": reverse("home"), "open": open_, "previous": start // PAGE if start else 0,
        "next": start // PAGE + 2 if len(facts) > PAGE else 0,
    }
    return render(request, "core/sync/sent.html", {"page": page, "groups": grouped(facts[:PAGE], request.user)})


def grouped(facts: list[SyncFact], person: Any) -> list[dict[str, Any]]:
    """One card for each record, newest first: what it is called, where to look at it, its entries in the order they were made."""
    seen = {}
    for kind in {fact.kind for fact in facts if fact.kind in RESOURCES}:
        ids = {fact.object_id for fact in facts if fact.kind == kind and fact.object_id}
        seen[kind] = {row.pk: row for row in RESOURCES[kind].rows(person).filter(pk__in=ids)}
    cards: dict[tuple[Any, ...], dict[str, Any]] = {}
    for fact in facts:
        record = seen.get(fact.kind, {}).get(fact.object_id)
        card = cards.setdefault((fact.kind, fact.object_id or fact.record_uid), {
            "title": RESOURCES[fact.kind].title(record) if record is not None else fact.label or _("A record that is not there"),
            "url": record.get_absolute_url() if record is not None else "", "facts": []})
        card["facts"].insert(0, (fact, ui.state(LOOKS[fact.state][0], fact.get_state_display(), LOOKS[fact.state][1])))
    return list(cards.values())
