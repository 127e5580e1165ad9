"""How a version of a checklist comes into force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.core.workflow import State, Workflow
from maintenance.checklists.models import ChecklistVersion

KEEPERS = ("safety_officer", "safety_director", "facilities_manager")


def has_items(version: ChecklistVersion, person: Any) -> str | None:
    """Why it cannot come into force; None when it can."""
    items = list(version.items.all())
    if not items:
        return gettext("A checklist without items asks nothing.")
    keys = {item.key for item in items}
    lost = next((item for item in items if item.show_if_key and item.show_if_key not in keys), None)
    return gettext("“%(item)s” waits for an item that is not there.") % {"item": lost.text} if lost else None


def publish(version: ChecklistVersion, *, by: Any, at: datetime, **data: Any) -> None:
    version.published_at, version.published_by = at, by


VERSIONS = Workflow(ChecklistVersion, (State("draft", _("Draft"), "draft"), State("published", _("Published"), "done")))
VERSIONS.move(
    "publish",
    _("Publish"),
    "draft",
    "published",
    KEEPERS,
    _("published it"),
    guard=has_items,
    effect=publish,
    icon="send",
    weight=10,
    question=_("Publish this version? It cannot be changed afterwards; rounds made from now on use it."),
)
