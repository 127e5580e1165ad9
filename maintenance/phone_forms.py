"""What reporters, guests and the desk type when something is broken."""
from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from logistics.core.forms import ActingForm, RecordChoice
from maintenance.forms import ReportForm, urgency_field
from maintenance.limits import GUEST_PHONE
from maintenance.models import RepairRequest, Symptom, WorkOrder
from maintenance.questions import answers_in
from maintenance.tiles import OTHER


class WordsForOther(forms.Form):
    """Words are optional, unless the tile says nothing."""

    photos = forms.FileField(label=_("Photos"), required=False)  # checked and cleaned by the view: there may be five

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        symptom = data.get("symptom")
        if symptom is not None and symptom.code == OTHER and not data.get("description", "").strip():
            self.add_error("description", _("Say in a few words what is wrong."))
        if symptom is not None:
            try:
                data["answers"] = answers_in(symptom.category, self.data)
            except ValidationError as error:
                self.add_error(None, error)
        return data


class TileForm(WordsForOther, ReportForm):
    """A report with four taps: place known, tile, perhaps photo and words, send."""

    place = equipment = category = reporter = channel = None  # type: ignore[assignment]  # the address names them


class GuestForm(WordsForOther, ActingForm):
    """The same at a public place without signing in."""

    symptom = RecordChoice(Symptom.objects.filter(active=True), label=_("What is wrong?"),
                           error_messages={"required": _("Choose what is wrong.")})
    description = forms.CharField(label=_("In a few words"), max_length=2000, required=False)
    urgency_reported = urgency_field()
    name = forms.CharField(label=_("Your name"), max_length=60, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    join_to = RecordChoice(RepairRequest.objects.open(), label=_("The same as"), required=False)
    join_order = RecordChoice(WorkOrder.objects.open(), label=_("Part of the open order"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = bool(GUEST_PHONE.value())
        self.fields["phone"].error_messages["required"] = _("Leave a phone number, so that we can ask back.")


class OnBehalfForm(ReportForm):
    """The desk takes down what somebody says."""

    channel = forms.ChoiceField(label=_("How it reached us"),
                                choices=[c for c in RepairRequest.Channel.choices if c[0] in ("phone", "counter")])
    seen = forms.BooleanField(required=False, widget=forms.HiddenInput)  # what looks the same was shown
    field_order = ["reporter", "channel", "place", "symptom", "description", "join_to"]
    groups = ((_("More"), ("equipment", "category", "urgency_reported", "access", "access_note", "stops_use"), False, ""),)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reporter"].required = True
        self.fields["join_to"].widget = forms.HiddenInput()
        del self.fields["join_order"]  # the desk adds it to an order when it accepts the report

    def offer(self, twins: list[Any]) -> None:
        """Ask, on top, whether it is one of these."""
        choices = [("", _("Another thing"))]
        choices += [(str(twin.root.pk),
                     f"{twin.root.number} {twin.title} · {twin.state.label} · {twin.root.place_label}") for twin in twins]
        self.fields["join_to"].widget = forms.RadioSelect(choices=choices)
        self.order_fields(["join_to"])
        self.data = self.data.copy()
        self.data["seen"] = "on"
