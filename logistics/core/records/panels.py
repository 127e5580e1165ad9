"""What a detail page shows beside facts and moves: timeline, files, followers, related records and the story, read together."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from logistics.core import timeline
from logistics.core.models import Attachment, Follower, RecordFile, RecordLink, kind_of
from logistics.core.photos import photo_cards, photos_of
from logistics.core.records import files, following, links, thread
from logistics.core.records.dossier import gather, name_of, who
from logistics.core.timeline import SHOWS, instant

MOST_FACES = 12


class Panels:
    """Reads what hangs on a record in one statement and gives each panel its part."""

    def __init__(self, view: Any, record: models.Model):
        self.view, self.record, self.request = view, record, view.request
        self.declared, self.person = view.resource, view.request.user
        self.open = self.declared.opens(record, self.person)
        self.internal = self.declared.internal(record, self.person)
        show = self.request.GET.get("show", "all")
        self.show = show if show in SHOWS and (self.internal or show != "changes") else "all"
        self.before = self.request.GET.get("before", "")
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.may_link = self.declared.links and self.open and self.declared.may_link(record, self.person)

    def url(self, name: str, *more: Any) -> str:
        return reverse(self.declared.url_name(name), args=[self.record.pk, *more])

    # reading ---------------------------------------------------------------------------------------------------------
    def read_links(self) -> None:
        """Only what the story needs."""
        self.rows = gather(self._links()) if self.open else {}

    def _links(self) -> dict[str, Any]:
        names = ("id", "kind", "object_id", "type", "other_kind", "other_id")
        return {"link": (links.of(self.record), {name: name for name in names})} if self.declared.links else {}

    def read(self, *, whole: bool) -> None:
        """One statement for all parts; `whole` is False for a further stretch of the timeline."""
        at = {"kind": kind_of(self.record), "object_id": self.record.pk}
        parts = timeline.parts_of(self.record, internal=self.internal, show=self.show, before=self.before) if self.open else {}
        if whole and self.declared.photos:
            parts["photo"] = (photos_of(self.record), {name: name for name in ("id", "role", "caption", "at")})
        if whole and self.declared.comments:
            parts["follower"] = (Follower.objects.filter(**at).order_by("id"), {"yes": "following", "by": who("person")})
        if whole and self.open and self.declared.files:
            parts["file"] = (files.present(self.record)[: files.MOST_PER_RECORD], files.PAPER)
        if whole and self.open:
            parts |= self._links()
        self.rows = gather(parts)

    # the timeline ----------------------------------------------------------------------------------------------------
    def timeline(self) -> timeline.Page:
        if not self.open:
            return timeline.Page([])
        return timeline.page_of(self.record, self.rows, changed=self.internal, show=self.show, before=self.before,
                                hidden=self.declared.hidden_fields(self.record, self.person))

    def context(self) -> dict[str, Any]:
        """What the lines of the timeline need."""
        found = self.timeline()
        for entry in found.entries:
            mine = entry.comment_id and not entry.withdrawn and entry.by_id == self.person.pk
            entry.withdraw_url = self.url("withdraw", entry.comment_id) if mine else ""
        here = self.url("detail")
        query = f"?show={self.show}&" if self.show != "all" else "?"
        return {
            "entries": found.entries, "older_url": f"{here}{query}before={found.older}" if found.older else "",
            "further": bool(self.before), "show": self.show, "person": self.person,
            "filters": [{"label": label, "url": f"{here}?show={code}", "current": code == self.show} for code, label in SHOWS.items()
                        if {"changes": self.internal, "comments": self.declared.comments}.get(code, True)],
        }

    def lines(self) -> HttpResponse:
        """Another filter, or the next older stretch, asked by htmx."""
        self.read(whole=False)
        return self.view.show("core/parts/timeline.html", {}, timeline=self.context())

    # the page --------------------------------------------------------------------------------------------------------
    def story(self) -> list[tuple[str, str]]:
        """What the record hangs together with."""
        found = []
        ends = links.linked(self.record, self.rows.get("link", []), self.person) if self.rows.get("link") else []
        lines = thread.story(self.record, self.person, [end.record for end in ends if end.record]) if self.open else []
        if lines:
            found.append((_("Thread"), self.render("thread", thread=lines)))
        if ends or self.may_link:
            found.append((_("Related records"), self.render("related", ends=[
                {"words": end.words, "label": links.label_of(end.record) if end.record else "", "kind": links.resource_of(end.kind).label,
                 "icon": links.resource_of(end.kind).icon, "url": end.record.get_absolute_url() if end.record else "",
                 "remove_url": self.url("unlink", end.pk) if self.may_link and end.record else ""} for end in ends
            ], link_url=self.url("links") if self.may_link else "", types=RecordLink.Type.choices)))
        return found

    def aside(self) -> list[tuple[str, str]]:
        """Who hears of it."""
        if self.declared.comments and (self.internal or self.person.pk in self.followers()):
            return [(_("Followers"), self.render("followers", **self.following()))]
        return []

    def followers(self) -> list[int]:
        rows = [(row["by"]["id"], row["yes"]) for row in self.rows.get("follower", [])]
        wrote = [(row["by"]["id"], None) for row in self.rows.get("comment", []) if not row["internal"]]
        return following.among(self.declared.concerned(self.record), [*rows, *wrote])

    def following(self) -> dict[str, Any]:
        ids = self.followers()
        names = {row["by"]["id"]: name_of(row["by"]) for part in ("comment", "event", "follower") for row in self.rows.get(part, [])}
        for path in self.declared.follows:
            person = getattr(self.record, path, None)
            if person is not None:
                names[person.pk] = person.name
        shown = [names[pk] for pk in ids if names.get(pk)]
        return {"me": self.person.pk in ids, "names": shown[:MOST_FACES] if self.internal else [], "more": max(len(ids) - MOST_FACES, 0),
                "follow_url": self.url("follow"), "count": len(ids)}

    def page(self) -> dict[str, Any]:
        """The parts of the page context."""
        declared, record, person = self.declared, self.record, self.person
        may_talk = declared.comments and declared.may_talk(record, person)
        may_file = declared.files and declared.may_file(record, person)
        return {
            "timeline": self.context() if self.open else None,
            "photos": photo_cards([Attachment(**{**row, "at": instant(row["at"])}) for row in self.rows.get("photo", [])]),
            "comment_url": self.url("comment") if may_talk else "", "people_url": self.url("people") if may_talk else "",
            "files": files.cards(record, self.rows.get("file", []), person),
            "file_upload": {"url": self.url("files"), "labels": RecordFile.Label.choices} if may_file else None,
            "history_url": self.url("history") if self.internal and hasattr(record, "pgh_event_models") else "",
            "internal": self.internal,
        }

    def render(self, name: str, **context: Any) -> str:
        """A panel as HTML; without the request, so that the frame of the page is not worked out again for each."""
        return render_to_string(f"core/parts/{name}.html", {"csrf_token": get_token(self.request), **context})
