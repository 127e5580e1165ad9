"""House figures of things that break again and again."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

REPEAT_DAYS = limit("maintenance.repeat_days", _("days in which the same trouble of the same thing is a repeat"), 30, low=1, high=365)
BAD_DAYS = limit("maintenance.bad_actor_days", _("days over which repairs of a thing are counted"), 90, low=7, high=730)
BAD_ORDERS = limit("maintenance.bad_actor_orders", _("repairs in these days from which a thing is a bad actor"), 3, low=2, high=50)
REWORKED = limit("maintenance.bad_actor_reworked", _("returned repairs of one trade from which training is needed"), 2, low=1, high=50)
SHOWN = limit("maintenance.bad_actors_shown", _("things shown on the page of what breaks again and again"), 40, low=5, high=200)
