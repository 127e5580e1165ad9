"""What keepers of checklists type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assets.meters.models import UNITS, Quantity
from logistics.core.access import ROLES
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice, offer
from maintenance.models import Checklist, ChecklistItem, ChecklistVersion
from maintenance.models.policy import Priority

TOLD = ("safety_officer", "safety_director", "facilities_manager", "logistics_director", "principal", "dispatcher", "place_keeper")


class ChecklistForm(ActingModelForm):
    class Meta:
        model = Checklist
        fields = ("code", "name_zh", "name_en", "active")


class ChoicesField(forms.CharField):
    """Answers to choose from, one a line: "正常 / Fine"; a line that begins with "!" is a wrong answer."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{'' if right else '! '}{zh}{f' / {en}' if en else ''}" for zh, en, right in value)
        return value

    def to_python(self, value: Any) -> list[list[Any]]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        found: list[list[Any]] = []
        for line in str(value or "").splitlines():
            text = line.strip()
            if not text:
                continue
            right = not text.startswith(("!", "！"))
            zh, _sign, en = text.lstrip("!！ ").partition(" / ")
            found.append([zh.strip()[:60], en.strip()[:60], right])
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial) != self.to_python(data))


class ItemForm(ActingModelForm):
    """One question: what is asked, what is right, and what follows when it is wrong."""

    version = forms.ModelChoiceField(ChecklistVersion.objects.filter(state="draft"), widget=forms.HiddenInput())
    type = forms.ChoiceField(label=_("Kind of answer"), choices=ChecklistItem.Type, initial=ChecklistItem.Type.PASS_FAIL)
    choices = ChoicesField(
        label=_("Answers to choose from"),
        required=False,
        help_text=_("One a line, Chinese / English. A line that begins with ! is a wrong answer."),
    )
    show_if_key = forms.ChoiceField(label=_("Asked only after"), required=False)
    show_if_value = forms.CharField(
        label=_("When the answer there is"), max_length=80, required=False, help_text=_("pass, fail or na; for a choice its Chinese words.")
    )
    quantity = forms.ChoiceField(
        label=_("Reads the meter of"),
        required=False,
        choices=[("", _("no meter")), *Quantity.choices],
        help_text=_("The answer is kept as a reading of the thing's meter of this quantity."),
    )
    fail_priority = forms.ChoiceField(label=_("Priority of the work order"), choices=[("", "–"), *Priority.choices], required=False)
    fail_notify = forms.ChoiceField(label=_("Tell at once"), required=False)
    field_order = ["version", "text_zh", "text_en", "type", "quantity", "unit", "low", "high", "choices", "required", "evidence"]
    groups = (
        (_("When it is wrong"), ("fail_severity", "fail_order", "fail_priority", "fail_lock", "fail_close", "fail_notify"), True, ""),
        (_("Asked only sometimes; clause"), ("show_if_key", "show_if_value", "clause"), False, ""),
    )

    class Meta:
        model = ChecklistItem
        fields = (
            "version",
            "text_zh",
            "text_en",
            "type",
            "quantity",
            "unit",
            "low",
            "high",
            "choices",
            "required",
            "evidence",
            "fail_severity",
            "fail_order",
            "fail_priority",
            "fail_lock",
            "fail_close",
            "fail_notify",
            "show_if_key",
            "show_if_value",
            "clause",
        )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        version = self.instance.version_id or self.initial.get("version") or self.data.get("version")
        others = (
            ChecklistItem.objects.filter(version_id=version).exclude(pk=self.instance.pk).order_by("order")
            if str(version or "").isdigit()
            else ()
        )
        offer(self, "show_if_key", [("", _("asked always")), *((item.key, item.text) for item in others)])
        offer(self, "fail_notify", [("", _("nobody more")), *((code, ROLES[code].label) for code in TOLD if code in ROLES)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("type")
        if kind == "choice" and len(data.get("choices") or []) < 2:
            self.add_error("choices", _("Write at least two answers."))
        if kind != "choice":
            data["choices"] = []
        if kind not in ("number", "meter"):
            data["low"] = data["high"] = None
            data["unit"] = ""
        if kind == "meter" and not data.get("quantity"):
            self.add_error("quantity", _("Say which meter is read."))
        if kind != "meter":
            data["quantity"] = ""
        elif data.get("quantity") and not data.get("unit"):
            data["unit"] = UNITS[data["quantity"]]
        if data.get("fail_order") and not data.get("fail_priority"):
            self.add_error("fail_priority", _("A work order needs a priority."))
        if data.get("show_if_key") and not data.get("show_if_value"):
            self.add_error("show_if_value", _("Say after which answer it is asked."))
        if data.get("low") is not None and data.get("high") is not None and data["low"] > data["high"]:
            raise ValidationError({"high": _("The lowest value lies above the highest.")})
        return data


class PutForm(ActingForm):
    """Which checklist an order is worked through by, in the version of today."""

    checklist = RecordChoice(Checklist.objects.in_use(), label=_("Checklist"))
