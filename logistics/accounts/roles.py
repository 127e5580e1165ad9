"""The roles that belong to no single service, where grants and delegations come from, and who may do what with people."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.access import allow, delegation_source, grant_source, role

role("principal", _("Principal"), _("Decides above all limits, signs plans, reports and accepted risks."))
role("logistics_director", _("Logistics director"), _("Answers for all services; approves above department limits."))
role("department_head", _("Department head"), _("Approves requests, budget and results of the own department."))
role("finance_officer", _("Finance officer"), _("Closes periods and years, approves counts, tariffs and bills."), sensitive=True)
role("auditor", _("Auditor"), _("Reads everything but sealed answers and unopened bids, changes nothing."), sensitive=True)
role("system_manager", _("System manager"), _("Accounts, channels, devices and settings; no domain decisions."), sensitive=True)
role("district_viewer", _("District viewer"), _("Compares schools, reads published figures."))
role("authority_viewer", _("Authority viewer"), _("Reads the statutory ledgers opened to the authority."))
role("teacher", _("Teacher"), _("Reports, books, orders and rates."))
role("class_teacher", _("Class teacher"), _("Own class: meal counts, leave and head-count."))
role("student", _("Student"), _("Reports, orders and rates; own records."))
role("guardian", _("Parent or guardian"), _("Own child only: consent, menus, bus, leave and ratings."))
role("public", _("Public"), _("Reads what is open, reports and speaks without signing in."))
role("contractor", _("Contractor"), _("Works on the orders, zones or services of the own organisation."))
role("supplier_user", _("Supplier contact"), _("Acts for the own organisation: bids, deliveries, own workers."))

STANDING = "JOIN accounts_person p ON p.id = {}.{} AND p.status IN ('active', 'invited')"
grant_source(
    "SELECT g.person_id, g.role::text, g.department_id, NULL::bigint AS place_id, g.during, 'rolegrant' AS source, g.id AS source_id "
    "FROM accounts_rolegrant g " + STANDING.format("g", "person_id")
)
delegation_source(
    "SELECT d.id, d.from_person_id, d.to_person_id, d.roles::text[], d.during FROM accounts_delegation d "
    + STANDING.format("d", "to_person_id")
)

SCHOOL_OFFICE = "system_manager principal logistics_director staff_officer"  # who sees contacts and keeps people and departments


def auditor_reads(*records: str) -> None:
    """Let the auditor read and export these kinds of records; called beside their other permissions."""
    for record in records:
        allow("auditor", record, "view", "export")


allow(SCHOOL_OFFICE, "accounts.person", "view", "export", "contact")
allow("system_manager staff_officer", "accounts.person", "add", "change")
allow("principal system_manager staff_officer", "accounts.person", "password")
allow("system_manager auditor department_head", "accounts.person", "explain")
allow(SCHOOL_OFFICE, "accounts.department", "view", "export")
allow("system_manager staff_officer", "accounts.department", "add", "change")
allow(SCHOOL_OFFICE, "accounts.membership", "view", "export")
allow("system_manager staff_officer", "accounts.membership", "add", "change")
allow("department_head", "accounts.membership", "view")
allow(SCHOOL_OFFICE, "accounts.organisation", "view", "export")
allow("system_manager", "accounts.organisation", "add", "change")
allow("principal logistics_director system_manager department_head", "accounts.rolegrant", "view", "add", "change")
allow("principal system_manager", "accounts.delegation", "view", "change")
allow("system_manager", "accounts.apitoken", "view", "export", "add")  # "add": for service accounts and devices; one's own needs no role
# whoever holds a role himself may hand it over (resources.Delegations.may); these are the ones declared on this floor
allow("principal logistics_director department_head finance_officer class_teacher", "accounts.delegation", "add")
# approvals: whoever asks or decides sees his own; these see what their area asks for
allow("principal logistics_director system_manager", "core.approval", "view", "export")
allow("principal logistics_director system_manager", "core.approvalroute", "view", "export")
allow("system_manager", "core.approvalroute", "add", "change")
allow("principal logistics_director facilities_manager dispatcher", "core.limit", "view", "export")
allow("facilities_manager system_manager", "core.limit", "view", "export", "add")
auditor_reads("core.approval", "core.approvalroute", "core.limit")
auditor_reads(
    "accounts.person", "accounts.department", "accounts.membership", "accounts.organisation", "accounts.rolegrant", "accounts.delegation",
    "accounts.apitoken",
)
