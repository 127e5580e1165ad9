"""What people type about places, labels, closures, calendars and stewardships."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.accounts.models import Department, Person
from logistics.campus.models import CalendarDay, CalendarVersion, LabelBatch, Place, PlaceClosure, Season, WorkCalendar
from logistics.campus.models.calendar import WEEKDAYS
from logistics.campus.models.place import CHILDREN
from logistics.campus.services.calendars import hours_words, read_hours
from logistics.campus.services.stewardship import role_choices
from logistics.core import clock
from logistics.core.fields import DaysField, days
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any):
        super().__init__(attrs, format="%Y-%m-%d")


# places ----------------------------------------------------------------------------------------------------------
class PlaceForm(ActingModelForm):
    """A place; the kind decides what may hold it."""

    parent = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Inside"), required=False)
    department = RecordChoice(Department, resource="accounts.department", label=gettext_lazy("Used by department"), required=False)
    groups = (
        (gettext_lazy("Size and age"), ("area_m2", "capacity", "year_built", "position"), False, gettext_lazy("For figures and order")),
        (gettext_lazy("Safety and guests"), ("fire_class", "critical_load", "public", "phone"), False,
         gettext_lazy("Fire class, guests, hotline")),
        (gettext_lazy("On the map"), ("lat", "lon"), False, gettext_lazy("Latitude and longitude")),
    )

    class Meta:
        model = Place
        fields = ["parent", "kind", "code", "name_zh", "name_en", "use", "department", "area_m2", "capacity", "year_built", "position",
                  "fire_class", "critical_load", "public", "phone", "lat", "lon"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["critical_load"].required = False  # nearly no place has one

    def clean_critical_load(self) -> str:
        return self.cleaned_data["critical_load"] or Place.CriticalLoad.NONE

    def clean(self) -> dict[str, Any]:
        """In words what the triggers hold for every door."""
        data = super().clean() or {}
        parent, kind = data.get("parent"), data.get("kind")
        if kind and not parent and kind != "school":
            self.add_error("parent", _("Choose where it stands; only a school has nothing around it."))
        elif kind and parent and kind not in CHILDREN[parent.kind]:
            self.add_error("parent", _("A place of this kind cannot stand in: %(parent)s.") % {"parent": parent.get_kind_display()})
        elif parent and self.instance.pk and self.instance.pk in parent.ancestors:
            self.add_error("parent", _("A place cannot be moved into itself or into something inside it."))
        return data


class MoveForm(ActingForm):
    """Where a place goes."""

    parent = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Into"))


class RetireForm(ActingForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class ClosureForm(ActingModelForm):
    """Close a place, and so everything in it."""

    place = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Place"))
    during = DaysField(label=gettext_lazy("From and to"), help_text=gettext_lazy("Leave the last day empty if it is not known yet."))

    class Meta:
        model = PlaceClosure
        fields = ["place", "level", "during", "reason"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:  # whoever closes a place mostly means: at once, and for everybody
            self.initial |= {"level": PlaceClosure.Level.CLOSED, "during": days(clock.today())}


# labels ----------------------------------------------------------------------------------------------------------
class BatchForm(ActingForm):
    """New labels for a sheet: blank ones, or one for each place without a label."""

    layout = forms.ChoiceField(label=gettext_lazy("Layout"), choices=LabelBatch.Layout.choices)
    count = forms.IntegerField(label=gettext_lazy("Number of labels"), min_value=1, max_value=2000, initial=24, required=False)
    inside = RecordChoice(
        Place, resource="campus.place", label=gettext_lazy("For the places without label in"), required=False,
        help_text=gettext_lazy("Names are printed and the labels are bound at once. Leave empty for blank labels."),
    )
    kind = forms.MultipleChoiceField(
        label=gettext_lazy("Only these kinds"), choices=Place.Kind.choices, required=False, widget=forms.CheckboxSelectMultiple,
        initial=["room", "outdoor", "technical"],
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("inside") and not data.get("count"):
            self.add_error("count", _("Say how many labels, or choose a place."))
        return data


class BindForm(ActingForm):
    """The place on which a label hangs."""

    target = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Place"))


# calendars -------------------------------------------------------------------------------------------------------
class CalendarForm(ActingModelForm):
    place = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Holds in"))

    class Meta:
        model = WorkCalendar
        fields = ["name_zh", "name_en", "code", "purpose", "place", "default"]


class NewCalendarForm(CalendarForm):
    class Meta(CalendarForm.Meta):
        fields = [*CalendarForm.Meta.fields, "zone", "always_open"]


class DayForm(ActingForm):
    """What one date of a draft is."""

    kind = forms.ChoiceField(
        label=gettext_lazy("This day"), widget=forms.RadioSelect, required=False,
        choices=[("", gettext_lazy("Follows its weekday")), *CalendarDay.Kind.choices],
    )
    follows_weekday = forms.TypedChoiceField(
        label=gettext_lazy("Works like"), coerce=int, empty_value=None, required=False, choices=[("", "–"), *WEEKDAYS],
        help_text=gettext_lazy("For a make-up day."),
    )
    hours = forms.CharField(
        label=gettext_lazy("Hours"), required=False, max_length=100, help_text=gettext_lazy("As 08:00-12:00, 13:30-17:30.")
    )
    public_holiday = forms.BooleanField(label=gettext_lazy("Public holiday"), required=False)
    label = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=60)

    def clean_hours(self) -> Any:
        return read_hours(self.cleaned_data["hours"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == "makeup" and not data.get("follows_weekday"):
            self.add_error("follows_weekday", _("Choose the weekday whose hours hold."))
        if data.get("kind") == "custom" and not data.get("hours") and "hours" not in self.errors:
            self.add_error("hours", _("Write the hours of this day."))
        return data

    @staticmethod
    def initial_of(row: CalendarDay | None) -> dict[str, Any]:
        if row is None:
            return {"kind": ""}
        hours = hours_words((slot.start_min, slot.end_min) for slot in row.slots.all())
        return {
            "kind": row.kind,
            "follows_weekday": row.follows_weekday,
            "public_holiday": row.public_holiday,
            "label": row.label,
            "hours": hours,
        }


class SeasonForm(ActingForm):
    """A span of days with the same weekly hours."""

    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=40, required=False)
    first = forms.DateField(label=gettext_lazy("First day"), widget=DateInput())
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for weekday, label in WEEKDAYS:
            hint = gettext_lazy("As 08:00-12:00, 13:30-17:30; empty when closed.") if weekday == 1 else ""
            self.fields[f"day{weekday}"] = forms.CharField(label=label, required=False, max_length=100, help_text=hint)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        hours = {}
        for weekday, _label in WEEKDAYS:
            try:
                hours[weekday] = read_hours(data.get(f"day{weekday}") or "")
            except ValidationError as error:
                self.add_error(f"day{weekday}", error)
        data["hours"] = hours
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return data

    @staticmethod
    def initial_of(season: Season | None) -> dict[str, Any]:
        if season is None:
            return {f"day{weekday}": "08:00–12:00, 13:30–17:30" for weekday in range(1, 6)}
        found: dict[str, Any] = {"name_zh": season.name_zh, "name_en": season.name_en, "first": season.days.lower,
                                 "last": season.last}
        for weekday, _label in WEEKDAYS:
            found[f"day{weekday}"] = hours_words((slot.start_min, slot.end_min) for slot in season.slots.all() if slot.weekday == weekday)
        return found


class ImportForm(ActingForm):
    """Special days from a file, as the yearly notice gives them."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("Columns: date, kind (closed, makeup), label, follows_weekday (1–7), public_holiday (1 or 0)."),
    )
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=CalendarDay.Source.choices)
    confirmed_until = forms.DateField(
        label=gettext_lazy("Confirmed until"),
        widget=DateInput(),
        required=False,
        help_text=gettext_lazy("The last day that the notice covers."),
    )


class VersionForm(ActingModelForm):
    class Meta:
        model = CalendarVersion
        fields = ["confirmed_until"]
        widgets = {"confirmed_until": DateInput()}


# stewardships ----------------------------------------------------------------------------------------------------
class StewardshipForm(ActingForm):
    """Entrust somebody with a role at a place."""

    person = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Person"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=role_choices)
    place = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Place"))
    department = RecordChoice(Department, resource="accounts.department", label=gettext_lazy("On behalf of department"), required=False)
    during = DaysField(label=gettext_lazy("From and to"), initial=lambda: days(clock.today()))


class StewardshipRowForm(ActingForm):
    """The same as a row of a sheet: the span in two columns."""

    person = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Person"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=role_choices)
    place = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Place"))
    department = RecordChoice(Department, resource="accounts.department", label=gettext_lazy("On behalf of department"), required=False)
    first_day = forms.DateField(label=gettext_lazy("From"), widget=DateInput(), initial=clock.today)
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput(), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins."))
        elif first:
            data["during"] = days(first, last)
        return data


class EndForm(ActingForm):
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput(), initial=clock.today)


class HandOverForm(ActingForm):
    """Move what somebody looks after to a successor."""

    from_person = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Who leaves"))
    to_person = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Who takes over"))
    first_day = forms.DateField(label=gettext_lazy("From which day"), widget=DateInput(), initial=lambda: clock.today() + timedelta(days=1))

    def clean_first_day(self) -> date:
        day = self.cleaned_data["first_day"]
        if day < clock.today():
            raise ValidationError(_("Choose today or a later day."))
        return day


__all__ = [
    "BatchForm",
    "BindForm",
    "CalendarForm",
    "ClosureForm",
    "DayForm",
    "EndForm",
    "HandOverForm",
    "ImportForm",
    "MoveForm",
    "NewCalendarForm",
    "PlaceForm",
    "RetireForm",
    "SeasonForm",
    "StewardshipForm",
    "VersionForm",
]
