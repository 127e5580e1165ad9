"""What needs attention about accounts, which lie below this package and cannot declare it themselves."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import ApiToken
from logistics.alerts.limits import TOKEN_ENDING_DAYS, TOKEN_IN_USE_DAYS, TOKEN_UNUSED_DAYS
from logistics.alerts.models import Alert
from logistics.alerts.registries import alert, when_alert
from logistics.alerts.services import notify
from logistics.core.limits.declared import in_force


@alert("accounts.token_stale", _("Access token %(name)s of %(owner)s: %(why)s"), 1, roles="system_manager", settle_s=0,
       hint=_("Revoke what nobody uses. Make a new token before one that a program needs ends."))
def token_stale(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Valid tokens that nobody used for long, and those in use that end soon."""
    figures = in_force(TOKEN_UNUSED_DAYS, TOKEN_ENDING_DAYS, TOKEN_IN_USE_DAYS)
    unused_for, ending_in, used_within = (timedelta(days=days) for days in figures)
    rows = ApiToken.objects.filter(state="valid", expires_at__gt=now).annotate(heard=Coalesce("last_used_at", "created_at"))
    unused, ending = Q(heard__lt=now - unused_for), Q(expires_at__lt=now + ending_in, last_used_at__gte=now - used_within)
    for token in rows.filter(unused | ending).select_related("owner").order_by("pk"):
        if token.heard < now - unused_for:
            days = (now - token.heard).days
            why = {"zh": f"{days} 天没有使用", "en": f"not used for {days} days"}
        else:
            day = token.expires_at.date().isoformat()
            why = {"zh": f"{day} 到期，还在使用", "en": f"ends on {day} and is still in use"}
        yield token, str(token.pk), None, {"name": token.name, "why": why, "owner": {"zh": token.owner.name_zh, "en": token.owner.name_en}}


@when_alert("accounts.token_owner", kinds="accounts.token_stale")
def tell_its_owner(raised: Alert) -> None:
    """The owner decides about it; the system managers see it in the inbox."""
    token = ApiToken.objects.filter(pk=raised.subject_id).first()
    if token is not None:
        notify(people=[token.owner_id], code="alert:accounts.token_stale", dedupe_key=f"token_stale:{raised.pk}", params=raised.params,
               link=token.get_absolute_url(), source=raised)
