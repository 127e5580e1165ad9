"""What people type about duties: the dated rules, and the record of having looked."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from logistics.alerts.duties import DUTIES
from logistics.alerts.models import ObligationRule
from logistics.core.access import ROLES
from logistics.core.fields import DaysField
from logistics.core.forms import ActingForm, ActingModelForm, offer

DAY_S, HOUR_S = 86400, 3600


class MomentWidget(forms.MultiWidget):
    """A day of the period and a time of day."""

    def __init__(self, attrs: Any = None):
        super().__init__(
            [
                forms.NumberInput({"aria-label": _("day")}),
                forms.TimeInput({"type": "time", "aria-label": _("time")}, format="%H:%M"),
            ],
            attrs,
        )

    def decompress(self, value: Any) -> list[Any]:
        if value in (None, ""):
            return [0, "00:00"]
        day, rest = divmod(int(value), DAY_S)
        return [day, f"{rest // HOUR_S:02d}:{rest % HOUR_S // 60:02d}"]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        plain = data.get(name)
        if plain in (None, ""):
            return super().value_from_datadict(data, files, name)
        try:
            return self.decompress(plain)  # the API sends seconds
        except (TypeError, ValueError, OverflowError):
            return [str(plain), ""]  # which is no day, as the field will say


class MomentField(forms.MultiValueField):
    """Seconds from the first midnight of a period, typed as day and time."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any):
        fields = (forms.IntegerField(min_value=-370, max_value=370), forms.TimeField())
        super().__init__(fields=fields, require_all_fields=True, **kwargs)

    def compress(self, values: list[Any]) -> int | None:
        if not values or values[0] is None or not isinstance(values[1], time):
            return None
        return values[0] * DAY_S + values[1].hour * HOUR_S + values[1].minute * 60


class RuleForm(ActingModelForm):
    """A dated rule of a duty. What follows an event counts from it in days and hours, the others from the first day of their period."""

    code = forms.ChoiceField(label=_("What has to be done"))
    role = forms.ChoiceField(label=_("Done by"))
    opens_s = MomentField(
        label=_("May be done from (day, time)"),
        help_text=_("Day 0 is the first one: Monday, the 1st, 1 January; −3 lies three days before it."),
    )
    due_s = MomentField(label=_("Due (day, time)"))
    missed_s = MomentField(label=_("Counts as missed from (day, time)"))
    during = DaysField(label=_("Holds from and to"))

    groups = ((_("Where it comes from"), ("clause", "clause_status", "max_backfill_s"), False, ""),)

    class Meta:
        model = ObligationRule
        fields = (
            "code",
            "title_zh",
            "title_en",
            "role",
            "opens_s",
            "due_s",
            "missed_s",
            "shift",
            "severity",
            "during",
            "clause",
            "clause_status",
            "max_backfill_s",
        )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer(self, "code", [(duty.code, duty.title) for duty in DUTIES])
        offer(self, "role", [(role.code, role.label) for role in ROLES])
        if self.instance.pk:
            self.fields["code"].disabled = True
        self.fields["max_backfill_s"].help_text = _("In seconds; what is entered later than that after it happened is marked.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, due, missed = (data.get(name) for name in ("opens_s", "due_s", "missed_s"))
        if opens is not None and due is not None and opens >= due:
            raise ValidationError({"due_s": _("It must be due after it opens.")})
        if due is not None and missed is not None and due > missed:
            raise ValidationError({"missed_s": _("It cannot be missed before it is due.")})
        return data


class LookForm(ActingForm):
    """What somebody adds to the record of having looked."""

    note = forms.CharField(
        label=_("Remark"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What stood out, what is being done about it."),
    )
