"""Trades 工种: the one list of codes that skills, equipment and repairs share."""
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Trade(TextChoices):
    """工种: the craft that a piece of work asks for."""

    ELECTRIC = "electric", _("Electrician")
    PLUMBING = "plumbing", _("Plumber")
    CARPENTRY = "carpentry", _("Carpenter")
    MASONRY = "masonry", _("Mason and painter")
    HVAC = "hvac", _("Air conditioning and heating")
    NETWORK = "network", _("Low voltage and network")
    APPLIANCE = "appliance", _("Appliances")
    LIFT = "lift", _("Lifts")
    FIRE = "fire", _("Fire equipment")
    GAS = "gas", _("Gas")
    GENERAL = "general", _("General repairs")
