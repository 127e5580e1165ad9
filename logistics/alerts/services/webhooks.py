"""Verbs of webhooks: subscribing, testing, sending again, switching off."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from logistics.alerts.models import WebhookDelivery, WebhookSubscription
from logistics.alerts.models.notification import CHANNEL
from logistics.alerts.models.webhook import new_secret
from logistics.alerts.services.notices import notify
from logistics.core import clock
from logistics.core.access import holder_ids
from logistics.core.outside import Forbidden, Unanswered, target_of
from logistics.core.workflow import perform, write_event


@transaction.atomic
def subscribe(*, by: Any, **fields: Any) -> WebhookSubscription:
    """A new subscription; its secret is shown to its maker until the page is left."""
    row = WebhookSubscription(**fields)
    check_address(row.url)
    row.full_clean()
    row.save()
    write_event(row, "create", by=by)
    return row


def check_address(url: str) -> None:
    """Refuse what may not be called; a name that is unknown now may be known later."""
    try:
        target_of(url)
    except Forbidden as error:
        raise ValidationError({"url": str(error)}) from error
    except Unanswered:
        return


def test(*, subscription: WebhookSubscription) -> WebhookDelivery:
    """Send a test event; it goes the way of all others."""
    row = WebhookDelivery.objects.create(subscription=subscription, kind="test")
    wake()
    return row


@transaction.atomic
def resend(*, delivery: WebhookDelivery) -> None:
    """Send it again, with a day of tries from now on; the same id, so that a careful receiver drops what it has."""
    now = clock.now()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state="queued", next_at=now, ended_at=None, tries=0,
                                                          give_up_at=now + timedelta(hours=24))
    wake()


def switch_off(*, subscription: WebhookSubscription, why: str, at: datetime) -> None:
    """The platform stops sending by itself; the system managers read why. What waits is kept until somebody switches it on again."""
    if subscription.state != "active":
        return
    perform(subscription, "disable", by=None, why=why)
    notify(people=holder_ids(["system_manager"]), code="alerts.webhook_off", params={"name": subscription.name, "why": why},
           link=subscription.get_absolute_url(), source=subscription, dedupe_key=f"webhook-off:{subscription.pk}:{at:%Y%m%d%H%M}")


def wake() -> None:
    """Tell the dispatcher that something was written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def event_kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that can be subscribed to, by record: how it begins, its moves in the words of their buttons; and the kinds of alert."""
    from logistics.alerts.kinds import KINDS
    from logistics.alerts.messages import fill
    from logistics.core.resources import RESOURCES
    from logistics.core.timeline import FIRST_EVENTS, NOTES, NOTES_OF
    from logistics.core.workflow import WORKFLOWS

    groups = []
    for declared in RESOURCES:
        kind = declared.kind
        first = FIRST_EVENTS.get(kind, "create")
        moves = [(f"{kind}.*", _("everything")), (f"{kind}.{first}", _("made")), (f"{kind}.change", _("changed"))]
        moves += [(f"{kind}.{code}", str(NOTES[code][1])) for code in NOTES_OF.get(kind, ())]
        flow = WORKFLOWS.get(declared.kind)
        moves += [(f"{declared.kind}.{move.name}", str(move.label)) for move in flow or ()]
        groups.append((str(declared.label_plural).capitalize(), moves))
    alerts = [(f"alert:{kind.code}", fill(kind.title, {})) for kind in KINDS]
    return [*groups, (_("Kinds of alert"), alerts)]


def words_of_kinds(kinds: list[str]) -> list[str]:
    """What is subscribed to, in the reader's words: "Work orders: Verify"."""
    known = {code: _("%(what)s: %(move)s") % {"what": group, "move": label} for group, rows in event_kinds() for code, label in rows}
    return [known.get(code, code) for code in kinds]


def renew_secret(*, subscription: WebhookSubscription) -> str:
    """A new signing secret; what is sent from now on is signed with it."""
    subscription.secret = new_secret()
    subscription.save(update_fields=["secret"])
    return subscription.secret
