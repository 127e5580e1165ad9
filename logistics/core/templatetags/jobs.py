"""The progress card of long work, and the page of an import."""
from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from logistics.core.models import ImportBatch, Job
from logistics.core.templatetags import ui

register = template.Library()


@register.simple_tag
def job_card(job: Job, link: bool = True) -> dict[str, Any]:
    """What core/jobs/_progress.html shows."""
    from logistics.core.jobs.resources import card

    return card(job, link=link)


@register.simple_tag
def batch_state(batch: ImportBatch) -> SafeString:
    """The badge of an import."""
    state = batch.workflow.state(batch)
    return ui.state(state.kind, state.label, state.icon)


LOOKS = {"bad": "is-bad", "kept": "is-bad"}
SHOWN = 50


@register.simple_tag
def import_page(batch: ImportBatch) -> dict[str, Any]:
    """Where an import stands: its work while it runs, else counts, mistakes and what stays. Asked once a page."""
    if not hasattr(batch, "_page"):
        batch._page = _import_page(batch)
    return batch._page


def _import_page(batch: ImportBatch) -> dict[str, Any]:
    from logistics.core.transfer.views import steps_of

    running = batch.state in ("checking", "importing", "undoing")
    words = {"new": _("new"), "changed": _("changed"), "same": _("as they are"), "bad": _("with mistakes"), "undone": _("undone"),
             "kept": _("stay")}
    undone = batch.state in ("undone", "partly")
    names = ("undone", "kept") if undone else ("new", "changed", "same", "bad")
    counts = [
        {"label": words[name], "n": ui.number(batch.counts.get(name, 0)), "css": LOOKS.get(name, "") if batch.counts.get(name) else ""}
        for name in names
    ] if batch.counts and not running else []
    problems = list(batch.problems.order_by("row", "id")[: SHOWN + 1]) if not running and not undone else []
    job = batch.job
    return {
        "steps": steps_of(batch.state, chosen=any(batch.mapping)), "job": job if running else None, "counts": counts,
        "error": job.error if job is not None and not running and job.state == "failed" else "",
        "problems": problems[:SHOWN], "more": len(problems) > SHOWN, "problem_rows": batch.counts.get("bad", 0),
        "total": batch.problems.count() if len(problems) > SHOWN else len(problems),
        "kept": list(batch.lines.filter(state="kept").order_by("row")[:SHOWN]) if undone else [],
    }
