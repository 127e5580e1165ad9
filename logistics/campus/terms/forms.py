"""What people type about school years, terms and the bell."""
from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.campus.models import PeriodSet, Place, SchoolYear, Term, TermMark
from logistics.campus.services.calendars import hours_words, read_hours
from logistics.core.fields import DatesField
from logistics.core.forms import ActingModelForm, DayInput, RecordChoice

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
        found: list[tuple[str, int, int]] = []
        for n, line in enumerate(filter(str.strip, self.cleaned_data["periods"].splitlines()), 1):
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
