"""What people type about rules, chains and silences."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Department, Person
from logistics.alerts.kinds import KINDS, kind_named, words_of
from logistics.alerts.models import Alert, AlertPolicy, Chain, ChainStep, Silence
from logistics.alerts.models.silence import LONGEST, LONGEST_FOR_LIFE
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.access import ROLES
from logistics.core.fields import DaysField
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice

INSTANT = {"type": "datetime-local"}


def kind_choices() -> list[tuple[str, Any]]:
    """Every declared kind by its words, those of one subject together."""
    return sorted(((kind.code, words_of(kind)) for kind in KINDS), key=lambda choice: str(choice[1]))


class KindField(forms.ChoiceField):
    """A kind of alert; its choices are known when all apps have declared theirs."""

    def __init__(self, empty: Any = None, **kwargs: Any):
        super().__init__(choices=lambda: ([("", empty)] if empty else []) + kind_choices(), **kwargs)


class RolesField(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any):
        super().__init__(choices=lambda: [(role.code, role.label) for role in ROLES], **kwargs)


class PolicyForm(ActingModelForm):
    """What the school decides about a kind of alert, from a day on."""

    kind = KindField(label=_("Kind of alert"))
    place = RecordChoice(Place, resource="campus.place", required=False, label=_("Place"), help_text=_("Empty: everywhere."))
    during = DaysField(label=_("Holds from and to"))

    class Meta:
        model = AlertPolicy
        fields = ("kind", "place", "severity", "chain", "settle_s", "during")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["kind"].disabled = True


class ChainForm(ActingModelForm):
    """A chain; its steps are added on its page."""

    class Meta:
        model = Chain
        fields = ("name_zh", "name_en", "code", "ack_stops", "rounds")


class StepForm(ActingModelForm):
    """One step: whom it calls, when, and how long it waits."""

    chain = RecordChoice(Chain, resource="alerts.chain", label=_("Chain"))
    position = forms.IntegerField(label=_("Place in the order"), min_value=1, max_value=50, required=False,
                                  help_text=_("Empty: at the end. The others make room."))
    roles = RolesField(label=_("Roles"), required=False, help_text=_("Empty: the roles that the kind of alert names."))
    person = RecordChoice(Person, resource="accounts.person", required=False, label=_("Person"))
    team = RecordChoice(Department, resource="accounts.department", required=False, label=_("Team"),
                        help_text=_("Empty: the team of the alert, or nobody's in particular."))
    wait_min = forms.IntegerField(label=_("Then waits so many minutes for an acknowledgement"), min_value=0, max_value=1440, initial=10)

    groups = ((_("Only in some cases"), ("team", "hours", "importance"), False, ""),)

    class Meta:
        model = ChainStep
        fields = ("chain", "action", "target", "roles", "person", "team", "hours", "importance")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields(["chain", "action", "target", "roles", "person", "wait_min", "position", "team", "hours", "importance"])
        if self.instance.pk:
            self.fields["chain"].disabled = True
            self.initial.setdefault("position", self.instance.order)
            self.initial.setdefault("wait_min", -(-self.instance.wait_s // 60))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("target") == "person" and not data.get("person"):
            self.add_error("person", _("Name the person, or choose another way of calling."))
        if data.get("target") != "person":
            data["person"] = None
        if data.get("action") == "notify" and not data.get("target"):
            self.add_error("target", _("Say whom it calls."))
        before = self.instance.wait_s if self.instance.pk else None
        minutes = data.pop("wait_min", None)
        if minutes is not None:
            same = before is not None and minutes == -(-before // 60)
            data["wait_s"] = self.instance.wait_s = before if same else minutes * 60
        return data


HOURS = ((30, _("30 minutes")), (60, _("1 hour")), (120, _("2 hours")), (240, _("4 hours")), (480, _("8 hours")),
         (1440, _("1 day")), (2880, _("2 days")), (4320, _("3 days")))


class SilenceForm(ActingForm):
    """Keep alerts quiet for a while. A works window is planned and may be longer than a silence."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Silence.Kind.choices, initial="silence", help_text=_(
        "A silence lasts 8 hours at most. A works window is for planned works and lasts 72 hours at most."))
    about = forms.IntegerField(required=False, widget=forms.HiddenInput)
    alert_kind = KindField(label=_("Kind of alert"), required=False, empty=_("Every kind"))
    place = RecordChoice(Place, resource="campus.place", required=False, label=_("Place"),
                         help_text=_("With everything in it. Empty: everywhere, for the kind that you chose."))
    length = forms.TypedChoiceField(label=_("For how long"), coerce=int, choices=HOURS, initial=60)
    start = forms.DateTimeField(label=_("From"), required=False, widget=forms.DateTimeInput(INSTANT), help_text=_("Empty: from now on."))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    life_safety = forms.BooleanField(label=_("Also danger to life"), required=False, help_text=_(
        "For 30 minutes at most, and only once a second person has confirmed it."))

    groups = ((_("Begin later, or danger to life"), ("start", "life_safety"), False, ""),)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.condition: Alert | None = None
        about = self.data.get("about") or self.initial.get("about")
        if str(about or "").isdigit() and self.person is not None:
            self.condition = Alert.objects.visible_to(self.person).unresolved().filter(pk=about).first()
        if self.condition:
            for name in ("alert_kind", "place", "kind"):
                del self.fields[name]
            self.fields["reason"].help_text = _("Kept quiet: %(what)s") % {"what": self.condition}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        condition, kind = self.condition, data.get("kind") or "silence"
        about = data.pop("about", None)
        if about and condition is None:
            raise ValidationError(_("That alert is over. Choose one that is not."))
        start = data.get("start") or clock.now()
        if start < clock.now() - timedelta(minutes=5):
            self.add_error("start", _("This lies in the past."))
        length = timedelta(minutes=data.pop("length", 0) or 0)
        if data.get("life_safety") and length > LONGEST_FOR_LIFE:
            self.add_error("length", _("Danger to life is kept quiet for 30 minutes at most."))
        elif length > LONGEST[kind]:
            self.add_error("length", {"silence": _("A silence lasts 8 hours at most."),
                                      "works": _("A works window lasts 72 hours at most.")}[kind])
        if condition and condition.life_safety and not data.get("life_safety"):
            self.add_error("life_safety", _("This alert is about danger to life: a second person has to confirm its silence."))
        if not condition and not data.get("alert_kind") and not data.get("place"):
            self.add_error("place", _("Name a kind of alert, a place, or both."))
        if data.get("alert_kind") and kind_named(data["alert_kind"]).life_safety and not data.get("life_safety"):
            self.add_error("life_safety", _("This kind is about danger to life: a second person has to confirm its silence."))
        return {**data, "kind": kind, "alert_kind": data.get("alert_kind") or "", "start": start, "length": length,
                "place": condition.place if condition else data.get("place"),
                "dedup_key": condition.dedup_key if condition else ""}
