"""Places: campuses, buildings, floors, rooms and everything else that has a "where"."""
from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.campus.querysets import PlaceQuerySet
from logistics.core import clock
from logistics.core.bilingual import Named, chinese
from logistics.core.history import tracked
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index
from logistics.core.trees import tree_triggers

TABLE = "campus_place"
FIRST_YEAR, YEARS_AHEAD = 1800, 5

NO_DORMITORY = _("Nobody may live in a boiler room or basement.")  # 教发厅〔2024〕1号, article 1

# Which kinds may stand directly in which; only a school has nothing above it.
CHILDREN: dict[str, tuple[str, ...]] = {
    "school": ("campus",),
    "campus": ("building", "outdoor", "technical"),
    "building": ("floor", "room", "technical"),
    "floor": ("room", "technical", "spot"),
    "room": ("room", "spot"),
    "outdoor": ("outdoor", "technical", "spot"),
    "technical": ("spot",),
    "spot": (),
}
_PAIRS = ", ".join(f"'{above}>{below}'" for above, kinds in CHILDREN.items() for below in kinds)
_REFUSE = f"RAISE EXCEPTION 'place_kind' USING ERRCODE = 'check_violation', CONSTRAINT = '{TABLE}_kind'"


def _words() -> list[pgtrigger.Trigger]:
    """Keep the path in words and the search text of a place, and of all below it when it is renamed or moved."""
    above = (
        f"FROM {TABLE} p JOIN unnest(NEW.ancestors) WITH ORDINALITY AS a(id, place) ON a.id = p.id "
        "WHERE p.kind NOT IN ('school', 'floor') AND p.id <> NEW.id"
    )
    return [
        pgtrigger.Trigger(
            name="tree_rename_lock",
            operation=pgtrigger.UpdateOf("kind", "name_zh", "name_en"),
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            func=f"PERFORM pg_advisory_xact_lock(hashtext('tree:{TABLE}')); RETURN NULL;",
        ),
        pgtrigger.Trigger(  # fires after tree_path, which fills the ancestors: triggers run in the order of their names
            name="tree_words",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "ancestors", "code", "name_zh", "name_en", "path_zh", "path_en"),
            func=f"""
                SELECT array_agg(p.name_zh ORDER BY a.place), array_agg(coalesce(nullif(p.name_en, ''), p.name_zh) ORDER BY a.place)
                INTO NEW.path_zh, NEW.path_en {above};
                NEW.path_zh := coalesce(NEW.path_zh, ARRAY[]::text[]) || NEW.name_zh::text;
                NEW.path_en := coalesce(NEW.path_en, ARRAY[]::text[]) || coalesce(nullif(NEW.name_en, ''), NEW.name_zh)::text;
                NEW.search_text := hq_search_text(
                    ARRAY[NEW.code, NEW.name_zh, NEW.name_en], ARRAY[array_to_string(NEW.path_zh, ' '), array_to_string(NEW.path_en, ' ')]);
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="tree_words_follow",
            operation=pgtrigger.UpdateOf("kind", "name_zh", "name_en"),
            when=pgtrigger.After,
            condition=pgtrigger.Condition("NEW.kind <> OLD.kind OR NEW.name_zh <> OLD.name_zh OR NEW.name_en <> OLD.name_en"),
            func=f"UPDATE {TABLE} SET path_zh = path_zh WHERE ancestors @> ARRAY[NEW.id] AND id <> NEW.id; RETURN NULL;",
        ),
    ]


def _kinds() -> pgtrigger.Trigger:
    """Children obey the table of kinds; a room may hold rooms one level deep."""
    return pgtrigger.Trigger(
        name="tree_zkind", operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "kind"), when=pgtrigger.Before,
        declare=[("above", "record")],
        func=f"""
            IF NEW.parent_id IS NULL THEN
                IF NEW.kind <> 'school' THEN {_REFUSE}; END IF;
            ELSE
                SELECT p.kind, g.kind AS grand INTO above
                FROM {TABLE} p LEFT JOIN {TABLE} g ON g.id = p.parent_id WHERE p.id = NEW.parent_id;
                IF above.kind || '>' || NEW.kind NOT IN ({_PAIRS}) THEN {_REFUSE}; END IF;
                IF NEW.kind = 'room' AND above.kind = 'room' AND (above.grand = 'room'
                    OR EXISTS (SELECT 1 FROM {TABLE} c WHERE c.parent_id = NEW.id AND c.kind = 'room')) THEN {_REFUSE}; END IF;
            END IF;
            IF TG_OP = 'UPDATE' AND NEW.kind <> OLD.kind AND EXISTS (
                SELECT 1 FROM {TABLE} c WHERE c.parent_id = NEW.id AND NEW.kind || '>' || c.kind NOT IN ({_PAIRS})) THEN {_REFUSE};
            END IF;
            RETURN NEW;
        """,
    )


def believable_year(year: int) -> None:
    """From 1800 to five years ahead: a building may be entered while it is planned."""
    last = clock.today().year + YEARS_AHEAD
    if not FIRST_YEAR <= year <= last:
        raise ValidationError(_("The year must lie between %(first)s and %(last)s."), params={"first": FIRST_YEAR, "last": last})


def from_today() -> Any:
    return DateRange(clock.today(), None)


@tracked(exclude=["ancestors", "path_zh", "path_en"])
class Place(Named, Searchable, Record):
    """场所: a campus, building, floor, room, yard or single spot of the school."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("School")
        CAMPUS = "campus", _("Campus")
        BUILDING = "building", _("Building")
        FLOOR = "floor", _("Floor")
        ROOM = "room", _("Room")
        OUTDOOR = "outdoor", _("Outdoor area")
        TECHNICAL = "technical", _("Technical room")
        SPOT = "spot", _("Spot")

    class Use(models.TextChoices):
        CLASSROOM = "classroom", _("Classroom")
        LABORATORY = "laboratory", _("Laboratory room")
        LIBRARY = "library", _("Library")
        DORMITORY = "dormitory", _("Dormitory")
        DINING_HALL = "dining_hall", _("Dining hall")
        KITCHEN = "kitchen", _("Kitchen")
        FOOD_STORE = "food_store", _("Food store")
        SPORTS = "sports", _("Sports hall")
        POOL = "pool", _("Swimming pool")
        CLINIC = "clinic", _("Clinic")
        OFFICE = "office", _("Office room")
        MEETING = "meeting", _("Meeting room")
        AUDITORIUM = "auditorium", _("Auditorium")
        SERVER_ROOM = "server_room", _("Server room")
        POWER_ROOM = "power_room", _("Power room")
        BOILER_ROOM = "boiler_room", _("Boiler room")
        PUMP_ROOM = "pump_room", _("Pump room")
        STORE = "store", _("Storeroom")
        TOILET = "toilet", _("Toilet")
        CORRIDOR = "corridor", _("Corridor")
        STAIR = "stair", _("Staircase")
        GATE = "gate", _("Gate")
        PARKING = "parking", _("Car park")
        GARDEN = "garden", _("Garden")
        PLAYGROUND = "playground", _("Playground")
        OTHER = "other", _("Other use")

    class FireClass(models.TextChoices):
        ORDINARY = "ordinary", _("Ordinary")
        CROWDED = "crowded", _("Many people together")
        BOILER_OR_BASEMENT = "boiler_or_basement", _("Boiler room or basement")

    class CriticalLoad(models.TextChoices):
        NONE = "none", _("None")
        COLD_STORE = "cold_store", _("Cold store")
        SERVER = "server", _("Servers")
        MEDICAL = "medical", _("Medical devices")
        LIFT = "lift", _("Lifts")
        PUMP = "pump", _("Pumps")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("inside"))
    ancestors = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)
    path_zh = ArrayField(models.TextField(), default=list, db_default=[], editable=False)
    path_en = ArrayField(models.TextField(), default=list, db_default=[], editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    position = models.IntegerField(_("place in lists"), default=0, help_text=_("Smaller numbers come first."))
    use = models.CharField(_("use"), max_length=12, choices=Use, default=Use.OTHER)
    area_m2 = models.DecimalField(_("area (m²)"), max_digits=10, decimal_places=2, null=True, blank=True)
    capacity = models.IntegerField(_("capacity (people)"), null=True, blank=True)
    year_built = models.SmallIntegerField(_("year built"), null=True, blank=True, validators=[believable_year])
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("used by department")
    )
    fire_class = models.CharField(_("fire class"), max_length=18, choices=FireClass, default=FireClass.ORDINARY)
    critical_load = models.CharField(
        _("needs power without a break"), max_length=10, choices=CriticalLoad, default=CriticalLoad.NONE,
        help_text=_("What in it must not lose power; an outage of electricity names it until a critical load is listed for it."),
    )
    lat = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    public = models.BooleanField(
        _("open to guests"), default=False, help_text=_("Whoever scans the label may read it and report without signing in.")
    )
    phone = models.CharField(
        _("hotline"), max_length=30, blank=True, help_text=_("Of a school or campus; printed on labels and shown beside every report.")
    )
    valid = DateRangeField(_("in use"), default=from_today)

    scope_place = ""
    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(name="place_area_positive", condition=Q(area_m2__isnull=True) | Q(area_m2__gt=0),
                                   violation_error_message=_("The area must be more than 0.")),
            models.CheckConstraint(name="place_capacity_not_negative", condition=Q(capacity__isnull=True) | Q(capacity__gte=0),
                                   violation_error_message=_("The capacity cannot be less than 0.")),
            models.CheckConstraint(
                name="place_year_believable", condition=Q(year_built__isnull=True) | Q(year_built__gte=1800, year_built__lte=2200),
                violation_error_message=_("The year must lie between 1800 and 2200."),
            ),
            models.CheckConstraint(
                name="place_no_dormitory_in_basement", condition=~Q(use="dormitory", fire_class="boiler_or_basement"),
                violation_error_message=NO_DORMITORY,
            ),
            models.CheckConstraint(
                name="place_on_earth",
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                violation_error_message=_("Give latitude (−90 to 90) and longitude (−180 to 180) together."),
            ),
        ]
        indexes = [
            GinIndex(fields=["ancestors"], name="place_ancestors"), search_index("place_search"),
            models.Index(fields=["kind", "code"], name="place_kind_code"),
        ]
        triggers = [*tree_triggers(TABLE), *_words(), _kinds()]

    def __str__(self) -> str:
        return self.place_label

    def clean(self) -> None:
        """No dormitory on a floor, or in a room, that is a basement; and none becomes one while people live in it."""
        super().clean()
        basement = self.FireClass.BOILER_OR_BASEMENT
        if self.use == self.Use.DORMITORY and self.parent_id:
            above = self.parent.parent if self.parent.kind == self.Kind.ROOM else None  # type: ignore[union-attr]
            if basement in (self.fire_class, self.parent.fire_class, above and above.fire_class):  # type: ignore[union-attr]
                raise ValidationError({"use": NO_DORMITORY})
        if self.fire_class == basement and self.pk:
            living = Place.objects.filter(ancestors__contains=[self.pk], use=self.Use.DORMITORY).exclude(pk=self.pk).active()
            if living.exists():
                raise ValidationError({"fire_class": NO_DORMITORY})

    @property
    def path(self) -> list[str]:
        """Names from the campus down to this place, in the reader's language; floors on the way are left out, room names tell them."""
        return (self.path_zh if chinese() else self.path_en) or [self.name]

    @property
    def place_label(self) -> str:
        """Names from below the campus down to this place, in the reader's language."""
        return " / ".join(self.path[1:] or self.path)

    @property
    def above_label(self) -> str:
        """The path that leads to this place, without itself."""
        return " / ".join(self.path[:-1])

    @property
    def active(self) -> bool:
        return clock.today() in _Dates(self.valid)


class _Dates:
    """A half-open range of dates as PostgreSQL stores it."""

    def __init__(self, span: Any):
        self.span = span

    def __contains__(self, day: Any) -> bool:
        lower, upper = self.span.lower, self.span.upper
        return not self.span.isempty and (lower is None or lower <= day) and (upper is None or day < upper)


def label_of(place: Place, language: str) -> str:
    """The words that a fact stores beside its place: names from the campus down, in one language ("zh" or "en")."""
    return " / ".join(place.path_zh if language.startswith("zh") else place.path_en)
