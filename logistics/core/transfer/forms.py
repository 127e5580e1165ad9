"""What the import pages ask."""
from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.core.models import ImportBatch
from logistics.core.transfer.declaration import ImportColumn


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(label=_("Excel or CSV file"),
                           help_text=_("Headings in the first row, in Chinese or English. At most 20 MB and 50,000 rows."),
                           widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt", "class": "form-control"}))


class ColumnsForm(forms.Form):
    """For each column of the file the column it fills, and what happens to rows with mistakes and to what is there."""

    mode = forms.ChoiceField(label=_("Rows with mistakes"), choices=ImportBatch.Mode.choices, widget=forms.RadioSelect)
    update = forms.BooleanField(label=_("Change what is there already"), required=False,
                                help_text=_("Otherwise a row that is there already counts as a mistake."))

    def __init__(self, batch: ImportBatch, columns: list[ImportColumn], *args: Any, **kwargs: Any):
        kwargs.setdefault("initial", {"mode": batch.mode, "update": batch.update})
        super().__init__(*args, **kwargs)
        choices = [("", _("leave out")), *((column.name, column.label + (" *" if column.required else "")) for column in columns)]
        self.headings = []
        for place, heading in enumerate(batch.headers):
            name = f"column_{place}"
            initial = batch.mapping[place] if place < len(batch.mapping) else ""
            self.fields[name] = forms.ChoiceField(label=heading or str(_("no heading")), choices=choices, required=False, initial=initial)
            self.headings.append(name)

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data.get(name, "") for name in self.headings]
