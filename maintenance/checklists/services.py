"""Verbs of checklists: keeping their versions, giving answers, and what is still unanswered."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.models import Attachment, kind_of
from logistics.core.photos import attach
from logistics.core.workflow import Times
from maintenance.checklists import metering
from maintenance.checklists.judging import asked, verdict_of
from maintenance.models import Checklist, ChecklistItem, ChecklistRun, ChecklistVersion, ItemAnswer, WorkOrder

COPIED = (
    "key",
    "order",
    "text_zh",
    "text_en",
    "type",
    "required",
    "unit",
    "low",
    "high",
    "quantity",
    "choices",
    "show_if_key",
    "show_if_value",
    "evidence",
    "fail_severity",
    "fail_order",
    "fail_priority",
    "fail_lock",
    "fail_close",
    "fail_notify",
    "clause",
)


# versions --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def draft_of(checklist: Checklist) -> ChecklistVersion:
    """The draft of a checklist; a new one begins with the items in force."""
    Checklist.objects.select_for_update().get(pk=checklist.pk)
    found = checklist.draft
    if found is not None:
        return found
    newest = checklist.versions.order_by("-no").first()
    made = ChecklistVersion.objects.create(checklist=checklist, no=newest.no + 1 if newest else 1)
    if newest is not None:
        ChecklistItem.objects.bulk_create(
            [ChecklistItem(version=made, **{name: getattr(item, name) for name in COPIED}) for item in newest.items.all()]
        )
    return made


@transaction.atomic
def make_checklist(*, code: str, name_zh: str, name_en: str = "", items: list[dict[str, Any]], by: Any = None) -> Checklist:
    """A checklist with its first version, published at once."""
    made = Checklist.objects.create(code=code, name_zh=name_zh, name_en=name_en)
    version = ChecklistVersion.objects.create(checklist=made, no=1)
    ChecklistItem.objects.bulk_create(
        [ChecklistItem(version=version, **{"key": f"i{n}", "order": n, **fields}) for n, fields in enumerate(items, 1)]
    )
    ChecklistVersion.objects.filter(pk=version.pk).update(state="published", published_at=clock.now(), published_by=by)
    return made


def add_item(version: ChecklistVersion, **fields: Any) -> ChecklistItem:
    """A further question at the end of a draft."""
    with transaction.atomic():
        locked = ChecklistVersion.objects.select_for_update().get(pk=version.pk)
        _draft_only(locked)
        last = locked.items.order_by("-order").first()
        item = ChecklistItem(version=locked, key=uuid.uuid4().hex[:12], order=last.order + 1 if last else 1, **fields)
        item.full_clean(exclude=["key"])
        item.save()
        return item


def move_item(item: ChecklistItem, up: bool) -> None:
    """One line up or down in a draft."""
    with transaction.atomic():
        version = ChecklistVersion.objects.select_for_update().get(pk=item.version_id)
        _draft_only(version)
        rows = list(version.items.order_by("order", "pk"))
        at = next(n for n, row in enumerate(rows) if row.pk == item.pk)
        to = at - 1 if up else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
        for n, row in enumerate(rows, 1):
            row.order = n
        ChecklistItem.objects.bulk_update(rows, ["order"])


def remove_item(item: ChecklistItem) -> None:
    """Take a question out of a draft; those asked after it are asked always."""
    with transaction.atomic():
        version = ChecklistVersion.objects.select_for_update().get(pk=item.version_id)
        _draft_only(version)
        version.items.filter(show_if_key=item.key).update(show_if_key="", show_if_value="")
        item.delete()


def _draft_only(version: ChecklistVersion) -> None:
    if version.state != "draft":
        raise Conflict(_("A published version stands as it is; begin a new one."))


# runs ------------------------------------------------------------------------------------------------------------------
def put_on_order(*, order: WorkOrder, checklist: Checklist) -> ChecklistRun:
    """An order is to be worked through by a checklist, in the version of today; asking twice makes one run."""
    version = checklist.current
    if version is None:
        raise ValidationError(_("This checklist is not published yet."))
    run, _made = ChecklistRun.objects.get_or_create(
        order=order, version=version, defaults={"place": order.place, "equipment": order.equipment}
    )
    return run


def newest_answers(run: ChecklistRun) -> dict[str, ItemAnswer]:
    """The answer that counts of each item, by its key."""
    rows = ItemAnswer.objects.filter(run=run, replaced_by__isnull=True).select_related("item", "by")
    return {row.item.key: row for row in rows}


def items_asked(run: ChecklistRun, given: dict[str, ItemAnswer] | None = None) -> list[ChecklistItem]:
    """What is asked in a run, after what was answered so far."""
    given = newest_answers(run) if given is None else given
    return asked(run.version.items.all(), {key: row.value for key, row in given.items()})


def unanswered(run: ChecklistRun) -> list[ChecklistItem]:
    """Mandatory items without an answer."""
    given = newest_answers(run)
    return [item for item in items_asked(run, given) if item.required and item.key not in given]


def unproved(run: ChecklistRun) -> list[ChecklistItem]:
    """Items whose answer that counts lacks the photo that its rule asks for; one announced by a phone counts."""
    from logistics.core.sync.kinds import expected_roles

    wanting = [row for row in newest_answers(run).values() if wants_photo(row.item, row.verdict)]
    shown = (
        set(
            Attachment.objects.filter(kind="maintenance.itemanswer", object_id__in=[row.pk for row in wanting]).values_list(
                "object_id", flat=True
            )
        )
        if wanting
        else set()
    )
    return [row.item for row in wanting if row.pk not in shown and not expected_roles(row)]


def unanswered_words(order: WorkOrder) -> list[str]:
    """What the checklists of an order still lack, in words."""
    runs = list(ChecklistRun.objects.filter(order=order).select_related("version"))
    n = sum(len(unanswered(run)) for run in runs)
    photos = sum(len(unproved(run)) for run in runs)
    found = [ngettext("%(n)s answer of the checklist", "%(n)s answers of the checklist", n) % {"n": n}] if n else []
    if photos:
        found.append(ngettext("%(n)s photo of the checklist", "%(n)s photos of the checklist", photos) % {"n": photos})
    return found


# answers ---------------------------------------------------------------------------------------------------------------
def wants_photo(item: ChecklistItem, verdict: str) -> bool:
    always = item.evidence == item.Evidence.ALWAYS or item.type == item.Type.PHOTO
    return (always and verdict != "na") or (item.evidence == item.Evidence.ON_FAIL and verdict == "fail")


@transaction.atomic
def answer(
    *,
    run: ChecklistRun,
    item: ChecklistItem,
    value: str,
    by: Any,
    note: str = "",
    times: Times | None = None,
    client_uid: Any = None,
    photos: Any = (),
    photos_follow: bool = False,
    late: bool = False,
    confirmed: bool = False,
) -> ItemAnswer:
    """Answer an item. The newest answer counts, the ones before are kept; a wrong one opens its hidden danger in this transaction.

    The answer to a meter question is a reading of the thing as well; `confirmed`: although it is unlikely.

    `photos_follow`: the photos come later from the phone. Errors: ValidationError (no answer to this item, or its photo lacks).
    """
    from maintenance.findings.services import failed

    if item.version_id != run.version_id:
        raise ValidationError(_("This item does not belong to the checklist."))
    verdict = verdict_of(item, value)
    photos = list(photos)
    if wants_photo(item, verdict) and not photos and not photos_follow:
        raise ValidationError(_("Take a photo: it is part of this answer."), code="photo")
    ChecklistRun.objects.select_for_update().get(pk=run.pk)  # two answers at once: the later one replaces the earlier
    before = ItemAnswer.objects.filter(run=run, item=item, replaced_by__isnull=True).first()
    times = times or Times(clock.now())
    made = ItemAnswer.objects.create(
        run=run,
        item=item,
        value=value.strip()[:500],
        verdict=verdict,
        note=note.strip()[:500],
        by=by,
        judged_at=times.judged_at,
        occurred_at=times.occurred_at,
        captured_at=times.captured_at,
        client_uid=client_uid,
        replaces=before,
        late=late,
    )
    metering.post(made, before, confirmed=confirmed, by=by)
    if photos:
        attach(made, photos, by=by, role="fault" if verdict == "fail" else "photo")
    if verdict == "fail":
        failed(made, by=by)
    return made


def photos_of_answers(answers: list[ItemAnswer]) -> dict[int, list[Attachment]]:
    """The photos of many answers in one statement."""
    found: dict[int, list[Attachment]] = {}
    for row in Attachment.objects.filter(kind=kind_of(ItemAnswer), object_id__in=[one.pk for one in answers]).order_by("pk"):
        found.setdefault(row.object_id, []).append(row)
    return found
