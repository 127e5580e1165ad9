"""School years, terms, marked days and bell timetables as lists, pages, forms and API."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.campus.models import PeriodSet, SchoolYear, Term, TermMark
from logistics.campus.resources import inside
from logistics.campus.services.calendars import hours_words
from logistics.campus.terms import filters, forms, services
from logistics.campus.terms.columns import span_words, valid_words
from logistics.core import menu
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.transfer.declaration import Transfer

DAYS = Column("days", gettext_lazy("From and to"), sort="days", show=span_words, export=span_words, width=24)


def terms_page(person: Any) -> list[dict[str, Any]]:
    return [{"label": _("Terms"), "url": reverse("campus:terms"), "icon": "calendar-stats"}]


@resource
class Years(Resource):
    model = SchoolYear
    slug = "school-years"
    icon = "calendar-stats"
    columns = (
        NameColumn("name", gettext_lazy("School year"), sort="name", export=str, width=20), DAYS,
        Column("place", gettext_lazy("Holds in"), joins=("place",), sort="place__code", export=lambda row: str(row.place), width=24),
    )
    facts = (DAYS, Column("place", gettext_lazy("Holds in"), joins=("place",)))
    filterset = filters.YearFilters
    order = ("-days", "-id")
    form = forms.SchoolYearForm
    list_joins = ("place",)
    api_fields = ("name", "place", "days")
    open_to_all = True

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return inside(services.save(SchoolYear(**data)), "campus.schoolyear:add", "place", by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        return services.save(changed(record, data))

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        terms = [{"row": row, "days": span_words(row)} for row in record.terms.all()]
        return [(_("Terms and vacations"), fragment("campus/_terms.html", terms=terms))] if terms else []

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not access_of(person).may("campus.schoolyear:change", record):
            return []
        return [{"label": _("Add a term"), "icon": "plus", "url": f"{reverse('campus:term-add')}?year={record.pk}"}]

    list_actions = classmethod(lambda cls, person: terms_page(person))


@resource
class Terms(Resource):
    model = Term
    slug = "terms"
    icon = "calendar-stats"
    columns = (
        NameColumn("name", gettext_lazy("Term"), sort="name_zh", second="year", export=str, joins=("year",), width=24),
        Column("get_kind_display", gettext_lazy("Kind"), sort="kind"), DAYS,
        Column("week1_on", gettext_lazy("Week 1"), kind="date", css="c-hide", show=lambda row: row.week1_on or ""),
    )
    facts = (
        Column("year", gettext_lazy("School year"), joins=("year",)), Column("get_kind_display", gettext_lazy("Kind")), DAYS,
        Column("week1_on", gettext_lazy("A day of teaching week 1"), show=lambda row: row.week1_on or "–"),
    )
    filterset = filters.TermFilters
    order = ("-days", "-id")
    form = forms.TermForm
    list_joins = ("year",)
    api_fields = ("name_zh", "name_en", "year", "kind", "days", "week1_on")
    open_to_all = True

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return inside(services.save(Term(**data)), "campus.term:add", "year", by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        return services.save(changed(record, data))

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        may = access_of(request.user).may("campus.termmark:change", record)
        marks = [{"row": row, "days": span_words(row)} for row in record.marks.all()]
        return [(_("Marked days"), fragment("campus/_marks.html", marks=marks, may=may, csrf=request))] if marks else []

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not access_of(person).may("campus.term:change", record):
            return []
        return [{"label": _("Mark days"), "icon": "flag", "url": f"{reverse('campus:termmark-add')}?term={record.pk}"}]

    list_actions = classmethod(lambda cls, person: terms_page(person))


@resource
class Marks(Resource):
    model = TermMark
    slug = "term-marks"
    icon = "flag"
    columns = (
        NameColumn("__str__", gettext_lazy("Words"), second="term.name", joins=("term",), export=str, width=24),
        Column("get_kind_display", gettext_lazy("Kind"), sort="kind"), DAYS,
    )
    facts = (Column("term", gettext_lazy("Term"), joins=("term", "term__place")), Column("get_kind_display", gettext_lazy("Kind")), DAYS)
    filterset = filters.MarkFilters
    order = ("-days", "-id")
    form = forms.TermMarkForm
    list_joins = ("term",)
    api_fields = ("term", "kind", "days", "label")
    open_to_all = True

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return inside(super().create(data, by), "campus.termmark:add", "term", by)

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not access_of(person).may("campus.termmark:change", record):
            return []
        return [{"label": _("Take the mark away"), "icon": "trash", "url": reverse("campus:termmark-remove", args=[record.pk])}]


@resource
class Bells(Resource):
    model = PeriodSet
    slug = "bells"
    icon = "bell-school"
    columns = (
        NameColumn("__str__", gettext_lazy("Stage"), sort="stage", export=str, width=24),
        Column("place", gettext_lazy("Holds in"), joins=("place",), sort="place__code", export=lambda row: str(row.place), width=24),
        Column("valid", gettext_lazy("From and to"), show=valid_words, export=valid_words, width=24),
    )
    facts = (Column("place", gettext_lazy("Holds in"), joins=("place",)), Column("get_stage_display", gettext_lazy("Stage")),
             Column("season", gettext_lazy("Season"), show=lambda row: row.season or _("all year")),
             Column("valid", gettext_lazy("From and to"), show=valid_words))
    filterset = filters.PeriodSetFilters
    order = ("place__code", "stage", "-valid", "id")
    form = forms.PeriodSetForm
    transfer = Transfer(
        form=forms.PeriodSetRowForm, owns=("campus.period.set",),
        also={"place": ("校区", "场所编码"), "stage": ("学段",), "season": ("季节",), "first_day": ("开始日期", "起"),
              "last_day": ("结束日期", "止"), "periods": ("节次", "作息时间")},
        examples=({"place": "M", "stage": "primary", "season": "", "first_day": "2026-09-01", "last_day": "",
                   "periods": "08:00-08:40 第一节; 08:50-09:30 第二节; 09:30-10:00 大课间"},),
    )
    list_joins = ("place",)
    api_fields = ("place", "stage", "season", "valid")
    api_rows = {"periods": ("no", "name", "start_min", "end_min")}
    open_to_all = True

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        periods = data.pop("periods")
        return inside(services.set_periods(PeriodSet(**data), periods), "campus.periodset:add", "place", by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        periods = data.pop("periods", None)
        row = changed(record, data)
        if periods is None:
            row.full_clean()
            row.save()
            return row
        return services.set_periods(row, periods)

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        rows = [{"row": row, "hours": hours_words([(row.start_min, row.end_min)])} for row in record.periods.all()]
        return [(_("Lesson periods"), fragment("campus/_periods.html", rows=rows))] if rows else []

    list_actions = classmethod(lambda cls, person: terms_page(person))


def changed(record: Any, data: dict[str, Any]) -> Any:
    for name, value in data.items():
        setattr(record, name, value)
    return record


menu.item("campus.terms", "registers", 172, gettext_lazy("Terms"), "calendar-stats", "campus:terms", permission="campus.schoolyear:view")
