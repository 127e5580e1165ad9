"""What people type about channels, contacts, preferences and webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Person
from logistics.alerts.drivers import DRIVERS
from logistics.alerts.drivers.services import service
from logistics.alerts.models import Channel, Importance, Preference, WebhookSubscription
from logistics.alerts.services import webhooks
from logistics.alerts.ways import STANDARD
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice, offer
from logistics.core.outside import Forbidden, Unanswered, target_of

RUNGS = 4
KEEP = _("Leave empty to keep what is stored.")


class SealedInput(forms.PasswordInput):
    """Never shows what is stored."""

    def __init__(self) -> None:
        super().__init__(render_value=False, attrs={"autocomplete": "new-password"})


class ChannelForm(ActingModelForm):
    """A way to reach people. What opens the gateway is typed, never shown."""

    class Meta:
        model = Channel
        fields = (
            "name_zh",
            "name_en",
            "code",
            "driver",
            "address",
            "secret",
            "per_minute",
            "timeout_s",
            "attach_mb",
            "active",
            "body",
            "answer_ok",
            "answer_id",
            "watchdog_to",
        )
        widgets = {
            "address": SealedInput(),
            "secret": SealedInput(),
            "watchdog_to": SealedInput(),
            "body": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "attach_mb": _("E-mail: a larger file stays here, and the mail carries a link to it."),
            "code": _("Short and lasting, such as sms or wecom."),
            "address": _(
                "Robots: their whole address with the key. Text messages and hubs: where to post. E-mail: smtp+tls://user:password@host:587,"
                " or empty for the server of the installation. Another service: its apprise address, with {to} for the person."
            ),
            "secret": _("DingTalk: the signing secret. Text messages and hubs: sent as a bearer token."),
            "per_minute": _("Empty: no limit."),
            "body": _("Text messages only: JSON or form text with {to}, {text}, {title} and {key}."),
            "answer_ok": _("Such as code=0, where a refusal also answers with 200."),
            "answer_id": _("Such as data.msgid; receipts come back with this number."),
            "watchdog_to": _("An address on this channel to which the watchdog writes when nothing else works."),
        }

    groups = ((_("Text messages and hubs"), ("body", "answer_ok", "answer_id"), False, ""), (_("Watchdog"), ("watchdog_to",), False, ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        before = self.instance if self.instance.pk else None
        for name in ("address", "secret", "watchdog_to"):
            if before is not None and not data.get(name):
                data[name] = getattr(before, name)
        driver, address = data.get("driver"), data.get("address") or ""
        if driver and not self.errors:
            self.check_address(driver, address)
            if driver not in DRIVERS:
                data["watchdog_to"] = ""
            elif data.get("watchdog_to"):
                try:
                    data["watchdog_to"] = DRIVERS[driver].clean(data["watchdog_to"])
                except ValidationError as error:
                    self.add_error("watchdog_to", error)
        return data

    def check_address(self, driver: str, address: str) -> None:
        if driver in (Channel.Driver.WECOM, Channel.Driver.DINGTALK, Channel.Driver.SMS, Channel.Driver.WEBHOOK):
            if not address:
                self.add_error("address", _("This kind needs the address of its gateway."))
                return
            try:
                target_of(address)
            except Forbidden as error:
                self.add_error("address", str(error))
            except Unanswered:
                return
        elif driver == Channel.Driver.APPRISE and (not address or service(address.replace("{to}", "nobody")) is None):
            self.add_error("address", _("apprise does not know this address."))
        elif driver == Channel.Driver.EMAIL and address and not address.startswith("smtp"):
            self.add_error("address", _("Write smtp://, smtp+tls:// or smtp+ssl:// in front."))


class ContactForm(ActingForm):
    """An address of one's own."""

    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("How"), to_field_name="code")
    address = forms.CharField(
        label=_("Address or number"), max_length=300, help_text=_("A code is sent there; enter it to show that it is yours.")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = Channel.objects.in_use().exclude(driver=Channel.Driver.APP).order_by("pk")
        offer(self, "channel", rows)


class CodeForm(ActingForm):
    """The six digits."""

    code = forms.CharField(
        label=_("Code"), max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"})
    )


class LadderField(forms.MultiValueField):
    """Channels in order: as many places as there are channels, four at most."""

    def __init__(self, channels: list[tuple[str, str]], **kwargs: Any):
        rungs = min(RUNGS, max(1, len(channels)))
        fields = [forms.ChoiceField(choices=[("", "–"), *channels], required=False) for _rung in range(rungs)]
        super().__init__(fields=fields, require_all_fields=False, required=False, widget=LadderWidget(fields), **kwargs)

    def compress(self, values: list[str]) -> list[str]:
        return list(dict.fromkeys(value for value in values or [] if value))


class LadderWidget(forms.MultiWidget):
    """Selects side by side, each with its place as label."""

    template_name = "alerts/ladder.html"
    input_type = "select"

    def __init__(self, fields: list[forms.ChoiceField]):
        super().__init__([forms.Select(choices=field.choices) for field in fields])

    def decompress(self, value: Any) -> list[str]:
        return [*(value or []), *[""] * RUNGS][: len(self.widgets)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for widget, place in zip(context["widget"]["subwidgets"], (_("first"), _("second"), _("third"), _("fourth")), strict=False):
            widget["place"] = place
        return context


TIME = {"type": "time"}
LADDER_WORDS = {
    "info": (_("For information: ways besides the app"), _("Nothing chosen: such notices stand in the app only.")),
    "normal": (_("Ordinary: ways in this order"), _("The next way is tried when one fails, or after %(wait)s if you have not read it.")),
    "urgent": (_("Urgent: ways in this order"), _("The next way is tried when one fails, or after %(wait)s if you have not read it.")),
    "life": (_("Danger to life: ways in this order"), _("Two ways at once, a further one every %(wait)s until you have read it.")),
}


def wait_words(seconds: int) -> str:
    """1 h, 10 min, 45 s in the reader's words."""
    from django.utils.translation import gettext

    if seconds % 3600 == 0:
        return gettext("%(n)s h") % {"n": seconds // 3600}
    return gettext("%(n)s min") % {"n": seconds // 60} if seconds % 60 == 0 else gettext("%(n)s s") % {"n": seconds}


class PreferenceForm(ActingForm):
    """How one wants to be told, in four questions; empty means: as the school does it."""

    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=forms.TimeInput(TIME, format="%H:%M"))
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(TIME, format="%H:%M"),
        help_text=_("Ordinary notices wait until then. Urgent ones and danger to life come at any hour."),
    )
    digest_hour = forms.TypedChoiceField(
        label=_("What is only for information, in one message a day"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("No summary")), *[(hour, f"{hour}:00") for hour in range(6, 23)]],
    )

    def __init__(self, *args: Any, person: Any = None, channels: list[tuple[str, str]] | None = None, **kwargs: Any):
        super().__init__(*args, person=person, **kwargs)
        school = {row.importance: row for row in Preference.objects.filter(person=None)}
        own = {row.importance: row for row in Preference.objects.filter(person=person)} if person else {}
        for importance, (label, hint) in LADDER_WORDS.items():
            standard = school.get(importance) or Preference(importance=importance, **STANDARD[importance])
            words = hint % {"wait": wait_words(standard.step_s)} if "%(" in str(hint) else hint
            self.fields[importance] = LadderField(
                channels or [], label=label, help_text=words, initial=own[importance].ladder if importance in own else []
            )
        normal, info = own.get("normal"), own.get("info")
        self.fields["quiet_from"].initial = normal.quiet_from if normal else None
        self.fields["quiet_until"].initial = normal.quiet_until if normal else None
        self.fields["digest_hour"].initial = info.digest_hour if info else None
        self.order_fields(["normal", "urgent", "life", "info", "digest_hour", "quiet_from", "quiet_until"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("quiet_from")) != bool(data.get("quiet_until")):
            self.add_error("quiet_until", _("Write both hours, or neither."))
        return data

    def choices(self) -> dict[str, dict[str, Any]]:
        data = self.cleaned_data
        quiet = {"quiet_from": data["quiet_from"], "quiet_until": data["quiet_until"]}
        return {
            "info": {"ladder": data["info"], "digest_hour": data["digest_hour"], **quiet},
            "normal": {"ladder": data["normal"], **quiet},
            "urgent": {"ladder": data["urgent"]},
            "life": {"ladder": data["life"]},
        }


class StandardForm(ActingForm):
    """What holds for everybody who chose nothing."""

    def __init__(self, *args: Any, channels: list[tuple[str, str]] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = {row.importance: row for row in Preference.objects.filter(person=None)}
        for code, word in Importance.choices:
            row = rows.get(code) or Preference(importance=code, **STANDARD[code])
            self.fields[code] = LadderField(
                channels or [], label=_("%(importance)s: ways in this order") % {"importance": word}, initial=row.ladder
            )
            self.fields[f"{code}_step"] = forms.IntegerField(
                label=_("%(importance)s: seconds until the next way") % {"importance": word},
                min_value=15,
                max_value=86400,
                initial=row.step_s,
            )
        life = rows.get("life") or Preference(importance="life", **STANDARD["life"])
        self.fields["life_at_once"] = forms.IntegerField(
            label=_("Danger to life: ways taken together"), min_value=1, max_value=RUNGS, initial=life.at_once
        )

    def rows(self) -> dict[str, dict[str, Any]]:
        data = self.cleaned_data
        found = {code: {"ladder": data[code], "step_s": data[f"{code}_step"]} for code in Importance.values}
        found["life"]["at_once"] = data["life_at_once"]
        return found


class WebhookForm(ActingModelForm):
    """Another system that wants to hear what happens."""

    kinds = forms.MultipleChoiceField(
        label=_("Events"), widget=forms.SelectMultiple(attrs={"size": 12}), help_text=_("Hold Ctrl to choose several.")
    )
    account = RecordChoice(
        Person.objects.filter(kinds__contains=["service"]),
        label=_("Sees as much as"),
        resource="accounts.person",
        query={"kind": "service"},
        help_text=_("A service account: only what it may see is sent."),
    )

    class Meta:
        model = WebhookSubscription
        fields = ("name", "url", "kinds", "account")
        widgets = {"url": SealedInput()}
        help_texts = {"url": _("Where events are posted, beginning with https://. It is stored sealed.")}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer(self, "kinds", webhooks.event_kinds())
        self.fields["url"].required = not self.instance.pk

    def clean_url(self) -> str:
        url = self.cleaned_data.get("url") or (self.instance.url if self.instance.pk else "")
        try:
            webhooks.check_address(url)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return url
