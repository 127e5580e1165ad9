"""For how long a permit is given at most, by kind; practice, with GB 30871-2022 as a model only."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

MODEL = _("Practice; GB 30871-2022 as a model only, to be checked")
HOURS = {
    "hot_work": limit("maintenance.permit_hot_work", _("hours that a permit for hot work holds at most"), 8, low=1, high=72, source=MODEL),
    "height": limit(
        "maintenance.permit_height", _("hours that a permit for work at height holds at most"), 24, low=1, high=168, source=MODEL
    ),
    "confined_space": limit(
        "maintenance.permit_confined", _("hours that a permit for a confined space holds at most"), 8, low=1, high=72, source=MODEL
    ),
    "switching": limit(
        "maintenance.permit_switching", _("hours that a permit for switching power holds at most"), 24, low=1, high=168, source=MODEL
    ),
}
