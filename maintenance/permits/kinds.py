"""The kinds of dangerous work that need a permit, and for how long one is given at most."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    HOT_WORK = "hot_work", _("Hot work")
    HEIGHT = "height", _("Work at height")
    CONFINED = "confined_space", _("Confined space")
    SWITCHING = "switching", _("Switching power")
