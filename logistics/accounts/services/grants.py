"""Granting and ending roles: by the holder of a higher role, never to oneself.

The ladder is short: the principal grants everything; the logistics director and the system manager grant what is not their own height;
a head of department grants ordinary roles in the own department. A deputy grants nothing.
"""
from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from logistics.accounts.models import Department, Person, RoleGrant
from logistics.accounts.services.holding import BY_KIND, role_label
from logistics.core import clock
from logistics.core.access import ROLES, access_of
from logistics.core.errors import NotAllowed
from logistics.core.workflow import write_event

GRANTERS = {"principal": 4, "logistics_director": 3, "system_manager": 3, "department_head": 2}
HEIGHTS = {**GRANTERS, "auditor": 3, "district_viewer": 3, "authority_viewer": 3}


def height(role: str) -> int:
    """How high a role stands: a granter must stand higher."""
    declared = ROLES.get(role)
    return HEIGHTS.get(role, 2 if declared and declared.sensitive else 1)


def grantable_roles(by: Person | None, department: Department | None = None) -> list[str]:
    """Codes of the roles that a person may grant, for a department or (without one) anywhere at all; the system grants all."""
    reach = max((GRANTERS[grant.role] for grant in access_of(by).grants if grant.role in GRANTERS and grant.on_behalf_of is None
                 and (department is None or grant.covers(department))), default=0) if by else 99
    return [role.code for role in ROLES if role.code not in BY_KIND and height(role.code) < reach]


def _check_granter(by: Person | None, role: str, department: Department | None) -> None:
    """A granter needs a higher role over the very area that is granted."""
    if by is None:
        return
    higher = [code for code, reach in GRANTERS.items() if reach > height(role)]
    own = [grant for grant in access_of(by).grants if grant.role in higher and grant.on_behalf_of is None]
    covered = any(grant.everywhere or (department is not None and grant.covers(department)) for grant in own)
    if not covered:
        raise NotAllowed(
            _("Only somebody with a higher role may grant or end this one: %(role)s.") % {"role": role_label(role)},
            [role_label(code) for code in higher],
        )


@transaction.atomic
def grant_role(*, person: Person, role: str, by: Person | None, department: Department | None = None, first_day: date | None = None,
               last_day: date | None = None, reason: str = "") -> RoleGrant:
    """Give a person a role, school-wide or for a department, from a day (now) to the end of another (open). `by` None is the system."""
    if role not in ROLES or role in BY_KIND:
        raise ValidationError({"role": _("Nobody is granted this role; it follows from what a person is.")})
    if by is not None and by.pk == person.pk:
        raise ValidationError({"person": _("Nobody grants a role to himself.")})
    _check_granter(by, role, department)
    Person.objects.select_for_update().get(pk=person.pk)
    begin = clock.midnight(first_day) if first_day and first_day > clock.today() else clock.now()
    end = clock.midnight(last_day + timedelta(days=1)) if last_day else person.ends_at
    if end is not None and end <= begin:
        raise ValidationError({"last_day": _("Choose a last day after the first one.")})
    grant = RoleGrant(person=person, role=role, department=department, during=DateTimeTZRange(begin, end), granted_by=by, reason=reason)
    grant.full_clean()
    grant.save()
    write_event(person, "role_granted", by=by, text=reason, data=_told(grant))
    return grant


@transaction.atomic
def end_grant(*, grant: RoleGrant, by: Person | None, last_day: date | None = None) -> RoleGrant:
    """End a role at the midnight after a day, or at once; it does not get longer by this."""
    _check_granter(by, grant.role, grant.department)
    if by is not None and by.pk == grant.person_id:
        raise ValidationError(_("Somebody else has to end your own roles."))
    RoleGrant.objects.filter(pk=grant.pk).end_at(clock.midnight(last_day + timedelta(days=1)) if last_day else clock.now())
    grant.refresh_from_db(fields=["during"])
    write_event(grant.person, "role_ended", by=by, data=_told(grant))
    return grant


def _told(grant: RoleGrant) -> dict[str, str]:
    return {"role": role_label(grant.role), "where": str(grant.department) if grant.department else _("the whole school")}
