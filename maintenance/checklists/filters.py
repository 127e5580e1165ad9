"""What checklists and answers are filtered by."""
from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.core.filters import RecordFilters
from maintenance.models import Checklist, ChecklistItem, ChecklistVersion, ItemAnswer


class ChecklistFilters(RecordFilters):
    active = django_filters.BooleanFilter(label=_("In use"))
    quick = ((_("In use"), {"active": "true"}, "check"),)

    class Meta:
        model = Checklist
        fields: list[str] = []


class VersionFilters(RecordFilters):
    checklist = django_filters.ModelChoiceFilter(queryset=Checklist.objects.all(), label=_("Checklist"))
    state = django_filters.ChoiceFilter(choices=ChecklistVersion.State, label=_("State"))

    class Meta:
        model = ChecklistVersion
        fields: list[str] = []


class ItemFilters(RecordFilters):
    version = django_filters.NumberFilter(field_name="version_id", label=_("Version"))
    checklist = django_filters.NumberFilter(field_name="version__checklist_id", label=_("Checklist"))

    class Meta:
        model = ChecklistItem
        fields: list[str] = []


class AnswerFilters(RecordFilters):
    verdict = django_filters.ChoiceFilter(choices=ItemAnswer.Verdict, label=_("Verdict"))
    run = django_filters.NumberFilter(field_name="run_id", label=_("Run"))
    round = django_filters.NumberFilter(field_name="run__visit__round_id", label=_("Round"))
    work_order = django_filters.NumberFilter(field_name="run__order_id", label=_("Work order"))
    equipment = django_filters.NumberFilter(field_name="run__equipment_id", label=_("Equipment"))
    answered = django_filters.DateFromToRangeFilter(field_name="judged_at", label=_("Answered"))
    quick = ((_("Wrong answers"), {"verdict": "fail"}, "alert-triangle"),)

    class Meta:
        model = ItemAnswer
        fields: list[str] = []
