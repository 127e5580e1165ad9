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
auditor_reads("alerts.alert", "alerts.channel", "alerts.webhooksubscription")
