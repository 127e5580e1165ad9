"""Roles of the staff files, who may do what there, and the role that follows from working here."""
from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from logistics.accounts.publishing import describe_origin
from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow, grant_source, role

role("staff_member", _("Staff member"), _("Own file, duties and leave."))
role("team_leader", _("Team leader"), _("Roster, leave and skills of the own team."))
role("trainer", _("Trainer"), _("Own courses, sessions and tests."))
role("staff_officer", _("Staff officer"), _("Staff files and certificates of everybody."))

# Whoever has a staff file is a staff member of that team, from the first day to the midnight after the last one.
_DAY = "((s.{} + {})::timestamp AT TIME ZONE '" + settings.TIME_ZONE + "')"
grant_source(
    "SELECT s.person_id, 'staff_member'::text AS role, s.team_id AS department_id, NULL::bigint AS place_id, "
    f"tstzrange({_DAY.format('joined_on', 0)}, {_DAY.format('left_on', 1)}) AS during, 'staff' AS source, s.id AS source_id "
    "FROM staff_staffmember s JOIN accounts_person p ON p.id = s.person_id AND p.status IN ('active', 'invited')"
)


@describe_origin("staff")
def staff_file(ids: Iterable[int]) -> dict[int, str]:
    return dict.fromkeys(ids, _now("staff file"))


FILES = ("staff.staffmember", "staff.staffskill", "staff.certificate", "staff.leave")
REGISTERS = ("staff.skill", "staff.certificatetype")
ROSTERS = ("staff.rosterperiod", "staff.duty")

allow("staff_member", "staff.rosterperiod", "view")
allow("staff_member", "staff.duty", "view")
allow("staff_member", "staff.leave", "add")
for record in (*FILES, *REGISTERS, *ROSTERS):
    allow("staff_officer", record, "view", "add", "change", "export")
    allow("logistics_director principal", record, "view", "export")
    auditor_reads(record)
for record in FILES:
    allow("team_leader department_head", record, "view", "export")
for record in ROSTERS:
    allow("team_leader", record, "view", "add", "change", "export")
    allow("dispatcher facilities_manager department_head duty_leader duty_officer", record, "view")
allow("team_leader", "staff.staffskill", "add")
allow("team_leader", "staff.certificate", "add", "change")
allow("trainer", "staff.skill", "view")
allow("team_leader", "staff.skill", "view")
allow("team_leader", "staff.certificatetype", "view")
