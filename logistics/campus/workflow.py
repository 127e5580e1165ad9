"""The legal moves of labels, closures and calendar versions."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.campus.models import CalendarVersion, PlaceClosure, Tag, TagBinding
from logistics.campus.registries import CLOSURE_GUARDS, CLOSURE_LIFTERS, TAG_TARGETS, Target
from logistics.campus.versions import blocking, supersede
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.forms import ReasonForm
from logistics.core.timeline import note
from logistics.core.workflow import SYSTEM, Relation, State, Workflow

MOMENT = timedelta(microseconds=1)


# labels --------------------------------------------------------------------------------------------------------------
def _handles(tag: Tag, person: Any) -> bool:
    """Labels that hang nowhere belong to everybody who handles labels; others to the keepers of their place."""
    access = access_of(person)
    return access.may("campus.tag:change", tag) if tag.place_id else access.has("campus.tag:change")


KEEPER = Relation("label_keeper", _("Who keeps labels there"), _handles)


def _end_binding(tag: Tag, at: datetime) -> datetime:
    """When the label is free: at once, or a moment after somebody has hung it elsewhere while we waited."""
    row = TagBinding.objects.select_for_update().filter(tag=tag).open().first()
    if row:
        at = max(at, row.during.lower + MOMENT)
        row.during = DateTimeTZRange(row.during.lower, at)
        row.save(update_fields=["during"])
    return at


def _bind(tag: Tag, *, by: Any, at: datetime, target: Any, **_data: Any) -> None:
    found: Target | None = TAG_TARGETS[target._meta.label_lower](target.pk) if target._meta.label_lower in TAG_TARGETS else None
    if found is None:
        raise ValidationError({"target": gettext("A label cannot hang on this.")})
    access = access_of(by)
    if by is not None and not (access.may("campus.tag:change", found.record) or access.may("campus.tag:change", found.place)):
        raise NotAllowed(gettext("You keep no labels in this place: %(place)s.") % {"place": found.place})
    at = _end_binding(tag, at)
    TagBinding.objects.create(
        tag=tag, kind=found.kind, object_id=found.record.pk, label=found.name, during=DateTimeTZRange(at, None), by=by
    )
    tag.place, tag.target_label = found.place, found.name


def _unbind(tag: Tag, *, by: Any, at: datetime, **_data: Any) -> None:
    _end_binding(tag, at)
    tag.place, tag.target_label = None, ""


TAG = Workflow(Tag, (
    State("printed", _("Not bound"), "draft", "tag"),
    State("bound", _("Bound"), "done", "link"),
    State("void", _("Void"), "off", "ban"),
))
TAG.move("bind", _("Bind"), "printed bound", "bound", KEEPER, _("bound it to %(target)s"), effect=_bind, icon="link", weight=10,
         form="logistics.campus.forms.BindForm")
TAG.move("unbind", _("Unbind"), "bound", "printed", KEEPER, _("took it off"), effect=_unbind, icon="unlink", weight=40)
TAG.move("void", _("Make void"), "printed bound", "void", KEEPER, _("made it void"), form=ReasonForm, effect=_unbind, icon="ban", weight=90,
         danger=True, question=_("Make this label void for good?"))


# closures ------------------------------------------------------------------------------------------------------------
def _cause_gone(closure: PlaceClosure, person: Any) -> Any:
    """Asks the owner of the cause; a closure without one may be lifted."""
    guard = CLOSURE_GUARDS.get(closure.source_kind)
    return guard(closure) if guard else None


def _lifting(closure: PlaceClosure, person: Any) -> Any:
    """The grant by which somebody may lift a closure: of a role that the app of its cause names, else of the usual ones."""
    return access_of(person).grant_over(CLOSURE_LIFTERS.get(closure.source_kind) or LIFTERS, closure)


def _lifts_for(closure: PlaceClosure, person: Any) -> int | None:
    grant = _lifting(closure, person)
    return grant.on_behalf_of if grant else None


LIFTERS = ("facilities_manager", "safety_officer", "logistics_director")
LIFTER = Relation("closure_lifter", _("Facilities manager, safety officer or logistics director, or whom the owner of the cause names"),
                  lambda closure, person: _lifting(closure, person) is not None, _lifts_for, LIFTERS)


def _lift(closure: PlaceClosure, *, by: Any, at: datetime, reason: str, **_data: Any) -> None:
    closure.lifted_by, closure.lifted_at, closure.lift_reason = by, at, reason


CLOSURE = Workflow(
    PlaceClosure, (State("open", _("Closed now or later"), "danger", "lock"), State("lifted", _("Lifted"), "off", "lock-open"))
)
CLOSURE.move(
    "lift",
    _("Lift"),
    "open",
    "lifted",
    (LIFTER,),
    _("lifted the closure"),
    form=ReasonForm,
    guard=_cause_gone,
    effect=_lift,
    icon="lock-open",
    weight=10,
)


# calendar versions ---------------------------------------------------------------------------------------------------
def _valid(version: CalendarVersion, person: Any) -> Any:
    return blocking(version)


def _publish(version: CalendarVersion, *, by: Any, at: datetime, **_data: Any) -> None:
    supersede(version)
    version.published_at, version.published_by = at, by


CALENDAR = Workflow(CalendarVersion, (
    State("draft", _("Draft"), "draft"), State("published", _("In force"), "done"), State("superseded", _("Replaced"), "off"),
))
CALENDAR.move(
    "publish",
    _("Publish"),
    "draft",
    "published",
    ("calendar_keeper", "system_manager"),
    _("published it"),
    guard=_valid,
    effect=_publish,
    icon="send",
    weight=10,
    question=_("Publish this calendar?"),
)
CALENDAR.move("supersede", _("Replace"), "published", "superseded", SYSTEM, _("replaced it by a newer version"), icon="x")

note("retired", _("took it out of use"), "archive", "off")
note("restored", _("took it into use again"), "archive-off", "done")
note("handed_over", _("handed it over to %(to)s"), "transfer", "info")
