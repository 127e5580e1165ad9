"""Long work as list and page: found again by whoever started it."""
from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import menu
from logistics.core.access import allow
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.filters import RecordFilters
from logistics.core.jobs.kinds import KINDS, title_of
from logistics.core.jobs.workflow import FLOW
from logistics.core.models import Job
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui

allow("system_manager", "core.job", "view", "export")
allow("auditor", "core.job", "view")


def progress_words(job: Job) -> str:
    """Where it stands, in one sentence."""
    kind = KINDS.get(job.kind)
    if job.state == "queued":
        return _("Waits for its turn.")
    if job.state == "failed":
        return job.error
    if job.state == "cancelled":
        return _("Stopped.")
    if job.state == "done":
        return kind.told(job) if kind and kind.told else _("Ready.")
    if job.stop_asked:
        return _("Stops after the present step.")
    words = kind.phases.get(job.phase) if kind else None
    counts = {"done": ui.number(job.done_n), "total": ui.number(job.total_n or 0)}
    if words:
        return str(words) % counts
    return _("%(done)s of %(total)s") % counts if job.total_n else _("Has begun.")


def percent(job: Job) -> int | None:
    """How far it is; None while nobody knows."""
    return min(100, round(100 * job.done_n / job.total_n)) if job.total_n else None


def card(job: Job, *, link: bool = True) -> dict[str, Any]:
    """What the progress card shows; it asks again every two seconds until the work has ended."""
    kind = KINDS.get(job.kind)
    where = kind.link(job) if kind and kind.link and link and job.state == "done" else None
    return {
        "job": job, "words": progress_words(job), "percent": percent(job), "live": not job.ended,
        "url": reverse("core:job-progress", args=[job.pk]), "link": where,
        "file_url": reverse("core:job-file", args=[job.pk]) if job.file else "",
    }


class JobFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=[(state.code, state.label) for state in FLOW.states])
    kind = django_filters.CharFilter(label=gettext_lazy("What"), widget=forms.Select)
    quick = (
        (gettext_lazy("Running"), {"state": "running"}, "progress"), (gettext_lazy("Did not work"), {"state": "failed"}, "alert-octagon"),
    )

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()

    @property
    def form(self) -> Any:
        """Kinds are declared by every app, so they are asked for when the form is."""
        form = super().form
        form.fields["kind"].widget.choices = [("", "–"), *((kind.code, kind.title) for kind in KINDS)]
        return form


@resource
class Jobs(Resource):
    model = Job
    slug = "jobs"
    icon = "progress"
    filterset = JobFilters
    list_joins = ("owner",)
    detail_template = "core/jobs/job.html"
    columns = (
        NameColumn("id", gettext_lazy("What"), show=title_of, export=title_of, width=40),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("phase", gettext_lazy("Progress"), show=progress_words, export=progress_words, css="c-full", width=40),
        Column("owner", gettext_lazy("Started by"), joins=("owner",), show=lambda job: str(job.owner), css="c-hide"),
        Column("created_at", gettext_lazy("Started"), sort="id", kind="datetime"),
    )
    facts = (
        Column("owner", gettext_lazy("Started by"), joins=("owner",), show=lambda job: str(job.owner)),
        Column("created_at", gettext_lazy("Started")),
        Column("ended_at", gettext_lazy("Ended"), show=lambda job: ui.when(job.ended_at) or "–"),
    )
    api_fields = ("kind", "subject", "state", "done_n", "total_n", "error", "created_at", "begun_at", "ended_at")

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        return _("Imports, large exports and reports that you started. They go on when you leave the page.")

    @classmethod
    def internal(cls, record: Any, person: Any) -> bool:
        return record.owner_id == person.pk or super().internal(record, person)


menu.item("jobs", "system", 70, gettext_lazy("Work in progress"), "progress", "core:job-list", roles="system_manager")
