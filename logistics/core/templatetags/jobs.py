"""The progress card of long work, for any page."""
from __future__ import annotations

from typing import Any

from django import template

from logistics.core.models import Job

register = template.Library()


@register.simple_tag
def job_card(job: Job, link: bool = True) -> dict[str, Any]:
    """What core/jobs/_progress.html shows."""
    from logistics.core.jobs.resources import card

    return card(job, link=link)
