"""What people type about school years, terms and the bell."""
from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.campus.models import PeriodSet, Place, SchoolYear, Term, TermMark
from logistics.campus.services.calendars import hours_words, read_hours
from logistics.core.fields import DatesField
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice

LINE = re.compile(r"^\s*(\S+?\s*[-–]\s*\S+)\s+(\S.*?)\s*$")


class SchoolYearForm(ActingModelForm):
    place = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Holds in"))
    days = DatesField(label=gettext_lazy("From and to"))

    class Meta:
        model = SchoolYear
        fields = ["place", "name", "days"]


class TermForm(ActingModelForm):
    year = RecordChoice(SchoolYear, resource="campus.schoolyear", label=gettext_lazy("School year"))
    days = DatesField(label=gettext_lazy("From and to"))

    class Meta:
        model = Term
        fields = ["year", "kind", "name_zh", "name_en", "days", "week1_on"]
        widgets = {"week1_on": DayInput()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == "teaching" and not data.get("week1_on") and data.get("days"):
            data["week1_on"] = data["days"].lower
        if data.get("kind") == "vacation":
            data["week1_on"] = None
        return data


class TermMarkForm(ActingModelForm):
    term = RecordChoice(Term, resource="campus.term", label=gettext_lazy("Term"))
    days = DatesField(label=gettext_lazy("From and to"))

    class Meta:
        model = TermMark
        fields = ["term", "kind", "days", "label"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        term, days = data.get("term"), data.get("days")
        if term and days and not (term.first <= days.lower and days.upper <= term.days.upper):
            self.add_error("days", _("These days lie outside the term."))
        return data


def read_periods(text: str) -> list[tuple[str, int, int]]:
    """(name, first minute, last minute) of each line "08:00-08:40 First lesson"; ValidationError names the line."""
    found: list[tuple[str, int, int]] = []
    for n, line in enumerate(filter(str.strip, text.splitlines()), 1):
        match = LINE.match(line)
        if match is None:
            raise ValidationError(_("Line %(n)s: write the hours, then the name of the period.") % {"n": n})
        try:
            ((start, end),) = read_hours(match[1])
        except (ValidationError, ValueError):
            raise ValidationError(_("Line %(n)s: write hours as 08:00-08:40.") % {"n": n}) from None
        if found and start < found[-1][2]:
            raise ValidationError(_("Line %(n)s: begins before the period above has ended.") % {"n": n})
        found.append((match[2][:40], start, end))
    return found


class PeriodSetRowForm(ActingForm):
    """A bell timetable as a row of a sheet: the days in two columns, the periods in one cell."""

    place = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Holds in"))
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=PeriodSet.Stage.choices)
    season = forms.CharField(label=gettext_lazy("Season"), max_length=40, required=False)
    first_day = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput(), required=False)
    periods = forms.CharField(
        label=gettext_lazy("Lesson periods"), max_length=4000,
        help_text=gettext_lazy("08:00-08:40 and its name; the next after a semicolon or on a new line of the cell."),
    )

    def clean_periods(self) -> list[tuple[str, int, int]]:
        return read_periods(re.sub(r"[;；]", "\n", self.cleaned_data["periods"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.pop("first_day", None), data.pop("last_day", None)
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins."))
        elif first:
            data["valid"] = DateRange(first, last + timedelta(days=1) if last else None)
        return data


class PeriodSetForm(ActingModelForm):
    """A bell timetable with its periods, one a line."""

    place = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Holds in"))
    valid = DatesField(label=gettext_lazy("From and to"), ends=False)
    periods = forms.CharField(
        label=gettext_lazy("Lesson periods"), widget=forms.Textarea(attrs={"rows": 10}), max_length=4000,
        help_text=gettext_lazy("One a line: 08:00-08:40 and its name."),
    )

    class Meta:
        model = PeriodSet
        fields = ["place", "stage", "season", "valid"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["periods"] = "\n".join(
                f"{hours_words([(row.start_min, row.end_min)])} {row.name}" for row in self.instance.periods.all()
            )

    def clean_periods(self) -> list[tuple[str, int, int]]:
        return read_periods(self.cleaned_data["periods"])
