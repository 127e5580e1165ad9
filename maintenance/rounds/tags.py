"""The label of a point leads whoever walks a round there straight into the round."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assets.models import Equipment
from logistics.campus.registries import TagAction, TagPart, Target, tag_page
from logistics.core.access import access_of
from maintenance.rounds.views import mine
from maintenance.rounds.workflow import WALKERS


@tag_page("maintenance.rounds", order=4)
def my_round_here(request: Any, target: Target) -> TagPart:
    """Rounds of today that this person walks and that have this place or thing as a point not visited yet."""
    person = request.user
    code = request.resolver_match.kwargs.get("code", "") if request.resolver_match else ""
    if not code or not person.is_authenticated or access_of(person).roles.isdisjoint(WALKERS):
        return TagPart()
    thing = target.record.pk if isinstance(target.record, Equipment) else None
    wanted = {"equipment": thing} if thing else {"equipment": None, "place": target.place.pk}
    here = mine(person).filter(state__in=["due", "started"], frozen__points__contains=[wanted])
    return TagPart(
        actions=[
            TagAction(
                _("Go on with the round: %(round)s") % {"round": walk.title},
                f"{reverse('maintenance:round-walk', args=[walk.pk])}#tag={code}",
                "route",
                2,
            )
            for walk in here[:3]
        ]
    )
