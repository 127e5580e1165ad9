"""The same act sent twice happens once: acts carry a key that the client made."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.models import IdempotencyKey, kind_of


class _Encoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        if isinstance(value, models.Model):
            return [kind_of(value), value.pk]
        if isinstance(value, models.QuerySet | set | frozenset):
            return sorted(str(getattr(item, "pk", item)) for item in value)
        if hasattr(value, "chunks"):  # an uploaded file: its content is its identity
            digest = hashlib.sha256()
            value.seek(0)
            for chunk in value.chunks():
                digest.update(chunk)
            value.seek(0)
            return digest.hexdigest()
        try:
            return super().default(value)
        except TypeError:
            return str(value)


def fingerprint(*content: Any) -> str:
    """A digest of what was asked for; files count by content."""
    return hashlib.sha256(json.dumps(content, cls=_Encoder, sort_keys=True).encode()).hexdigest()


def once(key: UUID | str | None, person: Any, content: Any, act: Callable[[], models.Model]) -> tuple[models.Model, bool]:
    """Do the act under this key, or return what it made before: (record, made now).

    A key used for other content, or by somebody else, is a Conflict. Two at the same instant: the second waits for the first.
    The key and the act commit together.
    """
    if key is None:
        return act(), True
    person_id = getattr(person, "pk", None)
    print_ = fingerprint(content)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_idempotencykey (key, person_id, fingerprint, kind, at) VALUES (%s, %s, %s, '', %s) "
                "ON CONFLICT (key) DO NOTHING",
                [str(key), person_id, print_, clock.now()],
            )
            fresh = cursor.rowcount == 1
        if fresh:
            record = act()
            IdempotencyKey.objects.filter(key=key).update(kind=kind_of(record), object_id=record.pk)
            return record, True
    earlier = IdempotencyKey.objects.get(key=key)
    if earlier.person_id != person_id or earlier.fingerprint != print_:
        raise Conflict(_("This was sent before with other content. Open the form again and send it once more."))
    return apps.get_model(earlier.kind)._base_manager.get(pk=earlier.object_id), False


def made_before(key: UUID | str | None, person: Any, model: type[models.Model]) -> models.Model | None:
    """What this person made of this kind under this key already; a form that is sent twice may be invalid the second time."""
    earlier = IdempotencyKey.objects.filter(key=key, person=person, kind=kind_of(model)).first() if key else None
    return model._base_manager.filter(pk=earlier.object_id).first() if earlier else None
