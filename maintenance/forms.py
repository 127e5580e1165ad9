"""What people type: reports, moves, hours and costs."""
from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from logistics.accounts.models import Department, Organisation, Person
from logistics.campus.models import Place
from logistics.core import clock as watch
from logistics.core.fields import DaysField
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, ReasonForm, RecordChoice, offer
from logistics.core.models import Attachment
from maintenance.contracting.checks import under_warranty, unfit_firm
from maintenance.fitness import unfit
from maintenance.guards import needs_papers
from maintenance.models import (
    CostLine,
    DispatchRule,
    FailureCode,
    HoldReason,
    LabourEntry,
    LabourRate,
    PriorityRule,
    Rating,
    RepairCategory,
    RepairRequest,
    ServicePolicy,
    Symptom,
    Technician,
    WorkOrder,
)
from maintenance.models.policy import Priority
from maintenance.models.request import Urgency
from maintenance.orders import codes_of
from maintenance.permits.kinds import Kind as PermitKind
from maintenance.querysets import OPEN_STATES
from maintenance.questions import against
from maintenance.stops import MENDING

IMPACTS = [(1, _("campus or safety")), (2, _("several rooms")), (3, _("one room")), (4, _("one person"))]
URGENCIES = [(1, _("at once")), (2, _("today")), (3, _("this week")), (4, _("when it fits"))]


def teams() -> Any:
    return Department.objects.teams()


def urgency_field() -> forms.TypedChoiceField:
    """How pressing it is to whoever reports; the desk decides."""
    return forms.TypedChoiceField(label=_("How pressing is it?"), choices=[("", "–"), *Urgency.choices], coerce=int, required=False,
                                  empty_value=None)


class ReportForm(ActingForm):
    """A report of something broken, for page and API."""

    place = RecordChoice(Place, resource="campus.place", label=_("Place"))
    equipment = RecordChoice(Equipment, resource="assets.equipment", label=_("Equipment"), required=False)
    symptom = RecordChoice(Symptom.objects.filter(active=True), label=_("What is wrong?"), required=False)
    category = RecordChoice(RepairCategory.objects.filter(active=True), label=_("Category"), required=False)
    description = forms.CharField(label=_("In a few words"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    urgency_reported = urgency_field()
    access = forms.ChoiceField(label=_("When may we come in?"), choices=RepairRequest.Access, required=False)
    access_note = forms.CharField(label=_("Times of access"), max_length=120, required=False)
    stops_use = forms.BooleanField(label=_("It cannot be used at all"), required=False)
    reporter = RecordChoice(Person, resource="accounts.person", label=_("Reported by"), required=False)
    channel = forms.ChoiceField(label=_("How it reached us"), choices=RepairRequest.Channel, required=False)
    join_to = RecordChoice(RepairRequest.objects.open(), label=_("The same as"), required=False, action="join")
    join_order = RecordChoice(WorkOrder.objects.open().filter(kind__in=MENDING), label=_("Part of the open order"), required=False,
                              action="join")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("symptom") or data.get("category")):
            self.add_error("symptom", _("Choose what is wrong."))
        if data.get("reporter") and self.person is not None and data["reporter"] != self.person:
            from logistics.core.access import access_of

            if not access_of(self.person).has("maintenance.repairrequest:on_behalf"):
                self.add_error("reporter", _("Only the dispatcher may report for somebody else."))
        data["access"] = data.get("access") or RepairRequest.Access.ANYTIME
        data["channel"] = data.get("channel") or RepairRequest.Channel.WEB
        return data


class RequestEditForm(ActingModelForm):
    """What the desk may correct on a report."""

    class Meta:
        model = RepairRequest
        fields = ("category", "equipment", "access", "access_note", "stops_use")
        field_classes = {"category": RecordChoice}


class AcceptForm(ActingForm):
    """Into an open order here, or a new one."""

    order = RecordChoice(
        WorkOrder.objects.open(),
        resource="maintenance.workorder",
        query={"live": "true"},
        label=_("Add to an open order"),
        required=False,
        help_text=_("Leave empty to make a new order."),
    )
    category = RecordChoice(RepairCategory.objects.filter(active=True), label=_("Category"), required=False)
    impact = forms.TypedChoiceField(label=_("Who is hit"), choices=IMPACTS, coerce=int, required=False, empty_value=None)
    urgency = forms.TypedChoiceField(label=_("How pressing"), choices=URGENCIES, coerce=int, required=False, empty_value=None)
    team = RecordChoice(
        Department.objects.filter(kind="team"), label=_("Team"), required=False, help_text=_("Leave empty to follow the rules.")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            kind = self.record.category
            for name, value in (("category", kind), ("impact", kind.impact), ("urgency", kind.urgency)):
                self.fields[name].initial = value
            if self.record.urgency_reported:
                self.fields["urgency"].help_text = _("The reporter says: %(urgency)s.") % {
                    "urgency": self.record.get_urgency_reported_display()}


class EstimateForm(ActingForm):
    """What the work is going to cost; more than the school's limit takes an approval."""

    amount = forms.DecimalField(label=_("Estimated cost (CNY)"), min_value=0, max_digits=12, decimal_places=2,
                                help_text=_("Material and outside work. What is above the limit has to be approved before work starts."))
    note = forms.CharField(label=_("What for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.fields["amount"].initial = self.record.estimate_cost


class AskForm(ActingForm):
    note = forms.CharField(label=_("Why is it needed?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                           help_text=_("Those who decide read this first: what happens without it, what was compared."))


class QuestionForm(ActingForm):
    question = forms.CharField(label=_("What do you need to know?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(ActingForm):
    answer = forms.CharField(label=_("Your answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawForm(ActingForm):
    """Taken back; why is welcome, never asked for."""

    reason = forms.CharField(label=_("Why do you take it back?"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class AppealForm(ActingForm):
    """The one word that whoever was rejected may say to it."""

    reason = forms.CharField(label=_("Why should we look again?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class GuestWordsForm(ActingForm):
    text = forms.CharField(label=_("Message"), max_length=1000)


class JoinForm(ActingForm):
    root = RecordChoice(RepairRequest.objects.open(), resource="maintenance.repairrequest", query={"open": "true"}, label=_("Joins to"))

    def clean_root(self) -> RepairRequest:
        root = self.cleaned_data["root"]
        if self.record is not None and root.pk == self.record.pk:
            raise ValidationError(_("Choose another report, not this one."))
        return root


class SplitForm(ActingForm):
    """The second thing in a report that named two."""

    symptom = RecordChoice(Symptom.objects.filter(active=True), label=_("What else is wrong?"), required=False)
    category = RecordChoice(RepairCategory.objects.filter(active=True), label=_("Category"), required=False)
    description = forms.CharField(label=_("In a few words"), max_length=500)
    photos = forms.ModelMultipleChoiceField(Attachment.objects.none(), label=_("Photos that show it"), required=False,
                                            widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            offer(self, "photos", Attachment.objects.filter(kind="maintenance.repairrequest", object_id=self.record.pk))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("category") or data.get("symptom")):
            self.add_error("symptom", _("Choose what is wrong."))
        elif not data.get("category"):
            data["category"] = data["symptom"].category
        return data


class ConfirmForm(ActingForm):
    """Fixed; a rating is welcome, never invented."""

    score = forms.TypedChoiceField(label=_("How was it?"), choices=[("", "–"), *((n, str(n)) for n in range(5, 0, -1))], coerce=int,
                                   required=False, empty_value=None)
    tags = forms.MultipleChoiceField(label=_("In short"), choices=Rating.Tag.choices, required=False, widget=forms.CheckboxSelectMultiple)
    comment = forms.CharField(label=_("A word to the technician"), max_length=500, required=False)


class DisputeForm(ActingForm):
    """One tap is enough; words are welcome."""

    reason = forms.CharField(label=_("What is still wrong?"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AssignForm(ActingForm):
    to = RecordChoice(Person, resource="accounts.person", query={"technician": "true"}, label=_("Technician"))
    planned_start = forms.DateTimeField(
        label=_("Planned from"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    planned_end = forms.DateTimeField(label=_("Planned to"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("planned_start") and data.get("planned_end") and data["planned_end"] < data["planned_start"]:
            self.add_error("planned_end", _("The end lies before the beginning."))
        return data


class FirmForm(AssignForm):
    """Which firm, and for when it is planned."""

    to = None  # type: ignore[assignment]
    contractor = forms.ModelChoiceField(Organisation.objects.filter(kind="contractor", active=True), label=_("Firm"))
    field_order = ["contractor", "planned_start", "planned_end"]


class HoldForm(ActingForm):
    hold_reason = forms.ModelChoiceField(HoldReason.objects.filter(active=True), label=_("Why does it wait?"))
    part = forms.CharField(label=_("Which part?"), max_length=120, required=False, help_text=_("Asked when it waits for a part."))
    until = forms.DateField(label=_("Expected until"), required=False, widget=DayInput())
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class FinishForm(ActingForm):
    completion_note = forms.CharField(label=_("What was done?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    problem = forms.ModelChoiceField(FailureCode.objects.filter(level="problem", active=True), label=_("What was wrong"), required=False)
    cause = forms.ModelChoiceField(FailureCode.objects.filter(level="cause", active=True), label=_("Cause"), required=False)
    remedy = forms.ModelChoiceField(FailureCode.objects.filter(level="remedy", active=True), label=_("Remedy"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            fitting = codes_of(self.record)
            for level in ("problem", "cause", "remedy"):
                offer(self, level, fitting.filter(level=level))


class PriorityForm(ActingForm):
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority)
    reason = forms.CharField(label=_("Reason"), max_length=500)


def permits_field(help_text: Any) -> forms.MultipleChoiceField:
    """Kinds of dangerous work for which somebody has to give leave."""
    return forms.MultipleChoiceField(label=_("permits needed"), choices=PermitKind.choices, required=False, help_text=help_text,
                                     widget=forms.CheckboxSelectMultiple)


class OrderForm(ActingModelForm):
    """An order that does not come from a report."""

    permits_needed = permits_field(_("What its category needs is always needed."))
    draft = forms.BooleanField(label=_("Keep as a draft"), required=False,
                               help_text=_("It gets its number and its times when it is released."))

    class Meta:
        model = WorkOrder
        fields = (
            "title_zh",
            "title_en",
            "kind",
            "place",
            "equipment",
            "category",
            "priority",
            "stops_use",
            "team",
            "estimate_s",
            "planned_start",
            "planned_end",
            "reported_at",
            "permits_needed",
            "parent",
            "blocked_by",
        )

    groups = ((_("Other orders"), ("parent", "blocked_by"), False, ""),
              (_("Plan"), ("team", "estimate_s", "planned_start", "planned_end", "reported_at", "draft"), False, ""),)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        from logistics.core.forms import RemoteSelect

        others = [("parent", "maintenance.workorder"), ("blocked_by", "maintenance.workorder")]
        for name, resource in (("place", "campus.place"), ("equipment", "assets.equipment"), *others):
            field = self.fields[name]
            self.fields[name] = RecordChoice(field.queryset, resource=resource, label=field.label, required=field.required)  # type: ignore[attr-defined]
            assert isinstance(self.fields[name].widget, RemoteSelect)
        self.fields["title_en"].required = False
        offer(self, "team", teams())
        self.fields["reported_at"].required = False
        self.initial["reported_at"] = None
        if self.instance.pk:
            del self.fields["draft"], self.fields["reported_at"]

    def clean(self) -> dict[str, Any]:
        """The category's permits are always among them; those of a category that it had by mistake go, those put there by hand stay."""
        data = super().clean() or {}
        self.refuse_circles(data)
        kind, chosen = data.get("category"), set(data.get("permits_needed") or ())
        if kind is None:
            return data
        before = RepairCategory.objects.filter(pk=self.initial.get("category")).first() if self.instance.pk else None
        if before is not None and before != kind:
            chosen -= set(before.permits)
            if self.instance.proof == before.proof:
                data["proof"] = self.instance.proof = kind.proof
        data["permits_needed"] = [code for code in PermitKind.values if code in chosen | set(kind.permits)]
        return data

    def refuse_circles(self, data: dict[str, Any]) -> None:
        """No order is part of itself or waits for itself, over however many others; the database refuses it too."""
        for name in ("parent", "blocked_by"):
            other, seen = data.get(name), set()
            while other is not None and other.pk not in seen:
                if other.pk == self.instance.pk:
                    self.add_error(name, _("These orders would go round in a circle."))
                    break
                seen.add(other.pk)
                other = getattr(other, name)

    def _post_clean(self) -> None:
        """Whoever has it stays fit for it: other days or another kind of work may ask for a licence that he does not hold."""
        super()._post_clean()  # type: ignore[misc]
        order = self.instance
        if self.errors or not order.pk or order.state not in OPEN_STATES or not needs_papers(order.category_id):
            return
        reason = unfit(order, order.lead) if order.lead_id else unfit_firm(order, order.contractor) if order.contractor_id else ""
        if reason:
            self.add_error("planned_end" if "planned_end" in self.changed_data else None, reason)

    def clean_reported_at(self) -> Any:
        """Empty is now; what is brought in from an older list was reported earlier."""
        at = self.cleaned_data.get("reported_at")
        if at and at > watch.now():
            raise ValidationError(_("It lies in the future."))
        return at


class LabourForm(ActingForm):
    """Hours booked after the fact."""

    begin = forms.DateTimeField(label=_("Began"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=1440)
    type = forms.ChoiceField(label=_("Kind"), choices=LabourEntry.Type)


class CostForm(ActingForm):
    type = forms.ChoiceField(label=_("Kind"), choices=CostLine.Type)
    amount = forms.DecimalField(label=_("Amount in CNY"), max_digits=10, decimal_places=2)
    note = forms.CharField(label=_("For what"), max_length=200)
    organisation = forms.ModelChoiceField(Organisation.objects.filter(active=True), label=_("Paid to"), required=False)
    warranty_reason = forms.CharField(label=_("Why paid although under warranty"), max_length=300, required=False,
                                      help_text=_("Asked only while the warranty holds."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer(self, "organisation", Organisation.objects.filter(active=True))  # whoever books it names who was paid
        if self.record is not None and not under_warranty(self.record):
            del self.fields["warranty_reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        amount, kind = data.get("amount"), data.get("type")
        if amount is not None and ((kind == "credit") != (amount < 0) or amount == 0):
            self.add_error("amount", _("A credit is negative, everything else positive."))
        return data


class CatalogueForm(ActingModelForm):
    """Base of the forms of the catalogue."""


def catalogue_form(model: Any, names: tuple[str, ...]) -> type[ActingModelForm]:
    """A plain form over a row of the catalogue; spans are typed as first and last day."""
    meta = type("Meta", (), {"model": model, "fields": names, "field_classes": {"during": DaysField}})
    return type(f"{model.__name__}Form", (CatalogueForm,), {"Meta": meta})


class CategoryForm(CatalogueForm):
    """A kind of work: who may do it, what proves it, which permits it needs, what it asks of whoever reports."""

    permits = permits_field(_("Its orders start only with these permits."))

    class Meta:
        model = RepairCategory
        fields = ("code", "name_zh", "name_en", "parent", "icon", "trade", "required_level", "certificates", "permits", "team", "impact",
                  "urgency", "estimate_s", "proof", "equipment_category", "questions", "charge_on_misuse", "active")

    def clean_questions(self) -> Any:
        checklist = self.cleaned_data["questions"]
        if checklist is not None and (reason := against(checklist)):
            raise ValidationError(reason)
        return checklist


class SymptomForm(CatalogueForm):
    """A tile, and in which rooms it is offered."""

    uses = forms.MultipleChoiceField(label=_("Uses of rooms"), required=False, choices=Place.Use.choices,
                                     widget=forms.CheckboxSelectMultiple,
                                     help_text=_("Offered in rooms of these uses; empty means everywhere."))

    class Meta:
        model = Symptom
        fields = ("code", "name_zh", "name_en", "category", "icon", "order", "uses", "hazard", "active")


FailureCodeForm = catalogue_form(FailureCode, ("code", "name_zh", "name_en", "level", "category", "active"))
HoldReasonForm = catalogue_form(HoldReason, ("code", "name_zh", "name_en", "pauses", "needs", "max_days", "active"))
PriorityRuleForm = catalogue_form(PriorityRule, ("impact", "urgency", "priority", "during"))


class PolicyForm(CatalogueForm):
    """A promise: about what, how fast, by which time, and when it is announced that it runs out."""

    kind = forms.ChoiceField(label=_("Kind of order"), choices=[("", _("all kinds")), *WorkOrder.Kind.choices], required=False,
                             help_text=_("Work made by plans is measured only by a promise that names its kind."))

    class Meta:
        model = ServicePolicy
        fields = ("name", "kind", "priority", "category", "place", "response_s", "resolve_s", "counts", "steps", "during")
        field_classes = {"during": DaysField}
        help_texts = {"steps": _("Shares of the time at which it is announced: below 100 as nearly late, from 100 as late, from 150 as "
                                 "very late; half of the response only for urgent jobs that nobody has taken.")}


DispatchRuleForm = catalogue_form(DispatchRule, ("category", "place", "hours", "team", "mode", "during"))
LabourRateForm = catalogue_form(LabourRate, ("team", "rate", "during"))
TechnicianForm = catalogue_form(Technician, ("staff", "home_places", "max_open", "takes_pool", "duty_override", "override_until", "active"))

__all__ = ["ReasonForm"]
