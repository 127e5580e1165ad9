"""The ledger in words: how a deadline stands, who answers for it."""
from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.core import clock
from logistics.core.templatetags import ui
from maintenance.models import Finding

KINDS = {"observation": "off", "minor": "info", "major": "late", "critical": "danger"}
SIGNS = {"observation": "eye", "minor": "info-circle", "major": "alert-triangle", "critical": "alert-octagon"}


def severity(finding: Finding) -> SafeString:
    """The badge in a list, whose page has the signs of the usual icons."""
    return ui.state(KINDS[finding.severity], finding.get_severity_display(), SIGNS[finding.severity], sprite=True)


def severity_badge(finding: Finding) -> SafeString:
    return ui.state(KINDS[finding.severity], finding.get_severity_display(), SIGNS[finding.severity])


def span(seconds: float) -> str:
    """Two days and more are told in days."""
    days = int(seconds // 86400)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days >= 2 else ui.duration(seconds)


def deadline_words(finding: Finding) -> str:
    """How long there is left, or how late it is, in words."""
    if finding.state == "accepted_risk" and finding.accepted_until:
        return _("accepted until %(day)s") % {"day": ui.day_words(finding.accepted_until)}
    if finding.rectify_by is None:
        return _("no deadline")
    if finding.state == "verified" and finding.verified_at:
        late = finding.verified_at - finding.rectify_by
        return _("%(time)s late") % {"time": span(late.total_seconds())} if late.total_seconds() > 0 else _("in time")
    if finding.state == "void":
        return ""
    left = finding.rectify_by - clock.now()
    if left.total_seconds() < 0:
        return _("%(time)s late") % {"time": span(-left.total_seconds())}
    return _("%(time)s left") % {"time": span(left.total_seconds())}


def deadline_kind(finding: Finding) -> str:
    """late, danger, off, done or wait: how a deadline looks beside its words."""
    if finding.state in ("void", "accepted_risk") or finding.rectify_by is None:
        return "off"
    if finding.state == "verified":
        return "done" if finding.verified_at and finding.verified_at <= finding.rectify_by else "late"
    left = (finding.rectify_by - clock.now()).total_seconds()
    whole = (finding.rectify_by - finding.found_at).total_seconds() or 1
    return "danger" if left < 0 else "late" if left < 0.2 * whole else "wait"


def deadline(finding: Finding, sprite: bool = True) -> SafeString | str:
    words, kind = deadline_words(finding), deadline_kind(finding)
    icon = {"danger": "clock-exclamation", "late": "clock-exclamation", "done": "check", "off": "clock", "wait": "clock"}[kind]
    return ui.state(kind, words, icon, sprite=sprite) if words else ""


def who(finding: Any) -> str:
    """Who answers for it."""
    if finding.responsible_id:
        return str(finding.responsible.name)
    if finding.department_id:
        return str(finding.department.name)
    return ""
