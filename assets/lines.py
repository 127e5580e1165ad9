"""Several things on one paper: chosen together, with the pieces of each group beside them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Equipment
from logistics.core.forms import RemoteSelectMultiple

PAIR = re.compile(r"^\s*(\S+)\s*[=＝×x*]\s*(\d{1,7})\s*$")
MOST = 200


class ThingsField(forms.ModelMultipleChoiceField):
    """The things of a paper, among those that the person may see."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", gettext_lazy("Equipment"))
        super().__init__(Equipment.objects.exclude(status="disposed"), widget=RemoteSelectMultiple("assets.equipment"), **kwargs)

    def clean(self, value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) > MOST:
            raise ValidationError(_("At most %(n)s things on one paper.") % {"n": MOST})
        return super().clean(value)


class PiecesField(forms.CharField):
    """ "ZC-2026-000012 = 10" a line: how many of a group go."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Pieces of groups"),
            required=False,
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=gettext_lazy("Only when not all pieces of a group go: number = pieces, one a line."),
        )

    def read(self, text: str, things: Any) -> dict[int, int]:
        """{id of the thing: pieces}; ValidationError says what would be right."""
        numbers = {thing.number: thing for thing in things}
        found = {}
        for line in (text or "").splitlines():
            if not line.strip():
                continue
            match = PAIR.match(line)
            thing = numbers.get(match[1]) if match else None
            if match is None or thing is None:
                raise ValidationError(
                    _("“%(line)s”: write the number of one of the things and its pieces, such as ZC-2026-000012 = 10.")
                    % {"line": line.strip()[:60]}
                )
            if not 0 < int(match[2]) <= thing.quantity:
                raise ValidationError(_("%(name)s has %(n)s pieces.") % {"name": thing, "n": thing.quantity})
            found[thing.pk] = int(match[2])
        return found


class WithThings(forms.Form):
    """Mixin of a form whose paper names things: `things` and `pieces` in, {"things", "pieces": {id: n}} out."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "things" in data and "pieces" in data:
            field = self.fields["pieces"]
            assert isinstance(field, PiecesField)
            try:
                data["pieces"] = field.read(data["pieces"], list(data["things"]))
            except ValidationError as error:
                self.add_error("pieces", error)
        return data


def written(lines: Any) -> str:
    """The pieces of lines as the field takes them."""
    return "\n".join(f"{line.equipment.number} = {line.quantity}" for line in lines if line.quantity < line.equipment.quantity)
