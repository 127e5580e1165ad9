"""The law as dated rows: shipped once, confirmed by the school, changed from a day on with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from django.utils.translation import gettext as _

from assets.certificates.models import Scheme, SchemeFigure, SchemeInterval, SchemeRule, SchemeVersion
from assets.certificates.standards import STANDARDS
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.workflow import write_event


@transaction.atomic
def ship_standards(**_signal: Any) -> int:
    """The duties that a new school begins with; run after every migration, changes nothing that exists. How many were written."""
    known = set(Scheme.objects.values_list("code", flat=True))
    new = [one for one in STANDARDS if one.code not in known]
    if not new:
        return 0
    schemes = Scheme.objects.bulk_create(
        Scheme(
            code=one.code,
            name_zh=one.zh,
            name_en=one.en,
            target=one.target,
            body_required=one.body,
            on_expiry=one.on_expiry,
            on_fail=one.on_fail,
            gathered=one.gathered,
        )
        for one in new
    )
    versions = SchemeVersion.objects.bulk_create(
        SchemeVersion(
            scheme=scheme,
            during=DateTimeTZRange(clock.midnight(one.since), None),
            clause=one.clause,
            status=one.status,
            source=one.source,
            apply_before=one.apply,
            keep_years=one.keep,
            note=one.note,
        )
        for scheme, one in zip(schemes, new, strict=True)
    )
    SchemeInterval.objects.bulk_create(
        SchemeInterval(
            version=version,
            action=each.action,
            by=each.by,
            value=each.value,
            every=each.every,
            unit=each.unit,
            ages=NumericRange(each.first, each.before),
        )
        for version, one in zip(versions, new, strict=True)
        for each in one.each
    )
    SchemeFigure.objects.bulk_create(
        SchemeFigure(version=version, code=number.code, name_zh=number.zh, name_en=number.en, value=number.value)
        for version, one in zip(versions, new, strict=True)
        for number in one.numbers
    )
    SchemeRule.objects.bulk_create(
        SchemeRule(scheme=scheme, category_code=about.category, place_use=about.use, place_kind=about.kind, fire_class=about.fire_class)
        for scheme, one in zip(schemes, new, strict=True)
        for about in one.about
    )
    return len(new)


def figure(scheme: str, code: str, at: datetime | None = None) -> Decimal | None:
    """A number of the clause in force; None when the school has no such row."""
    rows = SchemeFigure.objects.filter(version__scheme__code=scheme, version__during__contains=at or clock.now(), code=code)
    return rows.values_list("value", flat=True).first()


@transaction.atomic
def confirm(*, version: SchemeVersion, reason: str, by: Any) -> SchemeVersion:
    """The school has looked the clause up and stands for it; `reason` says against what."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what it was checked against.")})
    row = SchemeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if row.confirmed_by_id:
        raise Conflict(_("This version is confirmed already."))
    row.confirmed_by, row.confirmed_at, row.confirm_reason = by, clock.now(), reason.strip()
    row.save(update_fields=["confirmed_by", "confirmed_at", "confirm_reason"])
    write_event(row.scheme, "confirmed", by=by, text=reason.strip(), data={"clause": row.clause})
    return row


@dataclass(frozen=True)
class Line:
    """One interval of the version to be."""

    action: str
    every: int
    unit: str
    by: str = "all"
    value: str = ""
    first: int = 0
    before: int | None = None


@transaction.atomic
def amend(
    *,
    scheme: Scheme,
    since: date,
    clause: str,
    status: str,
    source: str,
    apply_before: int | None,
    apply_unit: str,
    keep_years: int,
    note: str,
    reason: str,
    intervals: Iterable[Line],
    figures: dict[str, Decimal],
    by: Any,
) -> SchemeVersion:
    """From a day on (today at the earliest) the scheme asks something else; what was asked before stays written.

    `figures` gives new values for the numbers of the version before. Errors: ValidationError in words for lines that overlap.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    if since < clock.today():
        raise ValidationError({"since": _("The law can be changed from today on, not for days that are over.")})
    begin = clock.midnight(since)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"scheme:{scheme.pk}"])
    before = SchemeVersion.objects.filter(scheme=scheme, during__contains=begin).first()
    later = SchemeVersion.objects.filter(scheme=scheme, during__startswith__gt=begin).order_by("during").first()
    old_figures = list(before.figures.all()) if before else []
    if before is not None:
        if before.during.lower == begin:
            before.delete()
        else:
            before.during = DateTimeTZRange(before.during.lower, begin)
            before.save(update_fields=["during"])
    try:
        with transaction.atomic():
            version = SchemeVersion.objects.create(
                scheme=scheme,
                during=DateTimeTZRange(begin, later.during.lower if later else None),
                clause=clause,
                status=status,
                source=source,
                apply_before=apply_before,
                apply_unit=apply_unit,
                keep_years=keep_years,
                note=note,
                reason=reason.strip(),
                made_by=by,
            )
            SchemeInterval.objects.bulk_create(
                SchemeInterval(
                    version=version,
                    action=line.action,
                    by=line.by,
                    value=line.value,
                    every=line.every,
                    unit=line.unit,
                    ages=NumericRange(line.first, line.before),
                )
                for line in intervals
            )
    except IntegrityError as error:
        if "scheme_interval" not in str(error):
            raise
        raise ValidationError(_("Two lines of one action are about the same things: ages, grades or classes must not overlap.")) from error
    SchemeFigure.objects.bulk_create(
        SchemeFigure(version=version, code=row.code, name_zh=row.name_zh, name_en=row.name_en, value=figures.get(row.code, row.value))
        for row in old_figures
    )
    write_event(scheme, "amended", by=by, text=reason.strip(), data={"clause": clause, "since": since.isoformat()})
    return version
