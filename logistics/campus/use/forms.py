"""What people type about rooms that may stand empty."""
from __future__ import annotations

from django.utils.translation import gettext_lazy

from logistics.campus.models import IdleExemption, Place
from logistics.core.fields import DaysField
from logistics.core.forms import ActingModelForm, RecordChoice


class ExemptionForm(ActingModelForm):
    place = RecordChoice(Place, resource="campus.place", query={"kind": "room"}, label=gettext_lazy("Room"))
    during = DaysField(label=gettext_lazy("From and to"))

    class Meta:
        model = IdleExemption
        fields = ["place", "during", "reason"]
