"""Kinds of alert that devices raise, whatever domain they serve; their domains say what follows."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import alert_kind

WATCH = "duty_officer duty_leader"

alert_kind("signal.smoke", _("Smoke: %(device)s"), 5, True, roles=WATCH, ack_valid_s=1800, signal=True,
           hint=_("Go and look. It stays open until a person has looked."))
alert_kind("signal.gas", _("Gas: %(device)s"), 5, True, roles=WATCH, ack_valid_s=1800, signal=True,
           hint=_("Switch nothing on or off, open the windows, get everybody out."))
alert_kind("signal.manual_call", _("Fire alarm pressed: %(device)s"), 5, True, roles=WATCH, ack_valid_s=1800, signal=True,
           hint=_("Go and look. It stays open until a person has looked."))
alert_kind("signal.panic", _("Call for help: %(device)s"), 5, True, roles=WATCH, ack_valid_s=1800, signal=True)
alert_kind("signal.lift_trapped", _("Somebody is trapped in the lift: %(device)s"), 5, True, roles=WATCH, ack_valid_s=1800, signal=True,
           hint=_("Speak to them by the intercom and call the maintenance firm."))
alert_kind("signal.water_leak", _("Water is leaking: %(device)s"), 4, roles=WATCH, ack_valid_s=7200, signal=True)
alert_kind("signal.water_level", _("Water level out of range: %(device)s"), 4, roles=WATCH, ack_valid_s=7200, signal=True)
alert_kind("signal.power_loss", _("No power: %(device)s"), 4, roles=WATCH, ack_valid_s=7200, signal=True)
alert_kind("signal.door_forced", _("Door forced: %(device)s"), 4, roles=WATCH, latched=True, ack_valid_s=7200, signal=True)
alert_kind("signal.temperature", _("Temperature out of range: %(device)s"), 3, roles=WATCH, chain="work", signal=True)
alert_kind("signal.humidity", _("Humidity out of range: %(device)s"), 2, roles=WATCH, signal=True)
alert_kind("signal.tamper", _("Somebody has opened the device: %(device)s"), 3, roles=WATCH, latched=True, chain="work", signal=True)
alert_kind("signal.fault", _("The device reports a fault: %(device)s"), 3, roles=WATCH, signal=True)
alert_kind("signal.battery", _("Battery nearly empty: %(device)s"), 2, roles=WATCH, ttl_s=14 * 86400, signal=True)
