"""What people type about routes and rounds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment, EquipmentCategory
from logistics.accounts.models import Department, Person
from logistics.campus.models import Place
from logistics.core.access import ROLES
from logistics.core.bilingual import pick
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice, offer
from maintenance.models import Checklist, PointVisit, Round, Route, RoutePoint
from maintenance.rounds.duties import CHOICES

SIGNERS = ("department_head", "safety_officer", "safety_director", "facilities_manager", "logistics_director", "place_keeper", "principal")


class RouteForm(ActingModelForm):
    place = RecordChoice(Place, resource="campus.place", label=_("Place"))
    team = RecordChoice(Department.objects.filter(kind="team"), label=_("Team"), required=False)
    category = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Equipment category"), required=False)
    checklist = RecordChoice(
        Checklist.objects.in_use(),
        resource="maintenance.checklist",
        label=_("Checklist"),
        required=False,
        help_text=_("Used at every point that names no other."),
    )
    duty = forms.ChoiceField(label=_("Fulfils the duty"), required=False, choices=CHOICES,
                             help_text=_("A finished round is the evidence of this duty of its campus."))
    signatures = forms.MultipleChoiceField(label=_("Countersigned by"), required=False, widget=forms.CheckboxSelectMultiple)
    groups = (
        (_("Proof and order"), ("tag_needed", "min_s", "minutes", "ordered", "random_share"), False, ""),
        (_("Duty and signatures"), ("duty", "signatures", "active"), False, ""),
    )

    class Meta:
        model = Route
        fields = (
            "name_zh",
            "name_en",
            "domain",
            "kind",
            "place",
            "team",
            "points",
            "category",
            "checklist",
            "tag_needed",
            "min_s",
            "minutes",
            "ordered",
            "random_share",
            "duty", "signatures",
            "active",
        )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        points = self.fields["points"]
        if self.instance.points == Route.Points.LAW:  # what it covers is said by the law, and it goes when the law asks for nothing more
            for name in ("points", "place", "category", "duty", "active"):
                del self.fields[name]
        else:
            points.choices = [pair for pair in Route.Points.choices if pair[0] != Route.Points.LAW]  # type: ignore[attr-defined]
        offer(self, "signatures", [(code, ROLES[code].label) for code in SIGNERS if code in ROLES])


class PointForm(ActingModelForm):
    """A point at the end of a route."""

    route = RecordChoice(Route, action="change", widget=forms.HiddenInput())
    place = RecordChoice(Place, resource="campus.place", label=_("Place"), required=False)
    equipment = RecordChoice(Equipment, resource="assets.equipment", label=_("Equipment"), required=False)
    checklist = RecordChoice(
        Checklist.objects.in_use(),
        resource="maintenance.checklist",
        label=_("Checklist"),
        required=False,
        help_text=_("Empty: as the route."),
    )

    class Meta:
        model = RoutePoint
        fields = ("route", "place", "equipment", "checklist", "tag_needed", "min_s", "drawn")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("place") and not data.get("equipment"):
            self.add_error("place", _("Choose a place or a thing."))
        return data


class SubmitForm(ActingForm):
    """For each point that was not visited, why; and a word at the end."""

    note = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        walk: Round | None = self.record
        if walk is None:
            return
        self.fields["why_all"] = forms.CharField(label=_("Why the others were not visited"), max_length=300, required=False)
        seen = set(PointVisit.objects.filter(round=walk).values_list("point", flat=True))
        for stop in walk.stops:
            if stop["key"] not in seen:
                self.fields[f"why_{stop['key']}"] = forms.CharField(
                    label=_("Not visited, because: %(point)s") % {"point": pick(stop["zh"], stop["en"])}, max_length=300, required=False
                )


class HandForm(ActingForm):
    to = RecordChoice(Person, resource="accounts.person", label=_("Handed to"))


class SignForm(ActingForm):
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class OpenRoundForm(ActingForm):
    """A round without a plan."""

    route = RecordChoice(Route.objects.active(), resource="maintenance.route", label=_("Route"))
    inspector = RecordChoice(
        Person, resource="accounts.person", label=_("Inspector"), required=False, help_text=_("Empty: whoever walks rounds there.")
    )
    window_from = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    window_to = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("Empty: as long as the route takes."),
    )
