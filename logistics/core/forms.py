"""Forms in the house's look: one field template, remote selects for everything with many rows, record scope on every choice."""
from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.forms.renderers import TemplatesSetting
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Renderer(TemplatesSetting):
    """Renders each field with our own markup."""

    field_template_name = "core/_field.html"


class DayInput(forms.DateInput):
    """A day with the browser's own calendar, which wants it written in one way whatever the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


class Remote:
    """A widget whose options are asked from the server while typing; it carries only the chosen ones."""

    choices: Any
    blank: tuple[tuple[str, str], ...] = (("", ""),)

    def __init__(self, resource: str, attrs: dict[str, Any] | None = None, **query: str):
        super().__init__(attrs)  # type: ignore[call-arg]
        self.resource, self.query = resource, query

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        chosen = [item for item in value if item not in ("", None)]
        field_choices = self.choices
        queryset = getattr(field_choices, "queryset", None)
        options: list[tuple[Any, str]] = list(self.blank)
        if queryset is not None and chosen:
            options += [(row.pk, str(row)) for row in queryset.filter(pk__in=[item for item in chosen if str(item).isdigit()])]
        self.choices = options
        try:
            return super().optgroups(name, value, attrs)  # type: ignore[misc]
        finally:
            self.choices = field_choices

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)  # type: ignore[misc]
        app, slug = self.resource.split(".")
        url = reverse(f"{app}:{slug}-options")
        if self.query:
            url += "?" + "&".join(f"{key}={value}" for key, value in self.query.items())
        context["widget"]["attrs"]["data-remote"] = url
        return context


class RemoteSelect(Remote, forms.Select):
    """One choice."""


class RemoteSelectMultiple(Remote, forms.SelectMultiple):
    """Several choices."""

    blank = ()


class RecordChoice(forms.ModelChoiceField):
    """A choice among the rows that the acting person may see; others are refused as if they did not exist."""

    def __init__(self, queryset: models.QuerySet | type[models.Model], *, resource: str | None = None, action: str = "view",
                 query: dict[str, Any] | None = None, **kwargs: Any):
        rows = queryset if isinstance(queryset, models.QuerySet) else queryset._default_manager.all()
        self.action = action
        if resource:
            kwargs.setdefault("widget", RemoteSelect(resource, **(query or {})))
        super().__init__(rows, **kwargs)


class ActingForm(forms.Form):
    """A form that knows who fills it in and, for moves, on which record.

    `person` may be None in the API schema only. Fields of RecordChoice are narrowed to what the person may see.
    """

    def __init__(self, *args: Any, person: Any = None, record: Any = None, **kwargs: Any):
        self.person, self.record = person, record
        super().__init__(*args, **kwargs)
        narrow(self, person)


class ActingModelForm(forms.ModelForm):
    """The same over a model; `groups` = [(title, fields, open, hint)] folds the rarely needed fields away."""

    groups: tuple[tuple[Any, tuple[str, ...], bool, Any], ...] = ()

    def __init__(self, *args: Any, person: Any = None, **kwargs: Any):
        self.person = person
        super().__init__(*args, **kwargs)
        narrow(self, person)


def narrow(form: forms.BaseForm, person: Any) -> None:
    """Keep every record choice inside the scope of the acting person."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and person is not None and hasattr(field.queryset, "visible_to"):
            field.queryset = field.queryset.visible_to(person, getattr(field, "action", "view"))


def offer(form: forms.BaseForm, name: str, what: Any) -> None:
    """What a field lets choose from: rows, or pairs of a value and its words."""
    field: Any = form.fields[name]
    if isinstance(what, models.QuerySet):
        field.queryset = what
    else:
        field.choices = what


class ReasonForm(ActingForm):
    """A move that needs a reason in words."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(ActingForm):
    """A move that takes a note."""

    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
