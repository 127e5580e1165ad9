"""Who watches the alerts."""
from django.utils.translation import gettext_lazy as _

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow, role

role("duty_leader", _("Duty leader"), _("Leads the school at this hour."))
role("duty_officer", _("Duty officer"), _("Watches the alerts and acknowledges them."))

allow("duty_leader duty_officer facilities_manager dispatcher safety_officer safety_director logistics_director principal system_manager",
      "alerts.alert", "view", "export")
allow("system_manager", "alerts.channel", "view", "add", "change", "export")
allow("system_manager", "alerts.webhooksubscription", "view", "add", "change", "export")
allow("system_manager", "alerts.notification", "watch")  # the outbox as a whole: states and counts, never what a notice says
allow("duty_leader duty_officer facilities_manager safety_officer system_manager", "alerts.silence", "view", "add", "export")
allow("dispatcher safety_director logistics_director principal", "alerts.silence", "view")
for _record in ("alerts.chain", "alerts.chainstep", "alerts.alertpolicy"):
    allow("system_manager", _record, "view", "add", "change", "export")
    allow("duty_leader facilities_manager safety_officer safety_director logistics_director", _record, "view")
    auditor_reads(_record)
auditor_reads("alerts.alert", "alerts.channel", "alerts.webhooksubscription", "alerts.silence")

OVERSEERS = "logistics_director principal safety_director facilities_manager"
allow(OVERSEERS, "alerts.obligation", "view", "export")
allow("team_leader staff_officer department_head dispatcher safety_officer", "alerts.obligation", "view", "export")
allow(f"{OVERSEERS} system_manager", "alerts.obligationrule", "view")
allow("logistics_director facilities_manager", "alerts.obligationrule", "add", "change")
allow(OVERSEERS, "alerts.dutyrecord", "view")
for _record in ("alerts.obligation", "alerts.obligationrule", "alerts.dutyrecord"):
    auditor_reads(_record)
