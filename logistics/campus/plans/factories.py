"""Building profiles and floor plans for tests."""
from __future__ import annotations

import factory

from logistics.campus import models


class BuildingProfileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.BuildingProfile

    place = factory.SubFactory("logistics.campus.factories.BuildingFactory")
    gross_m2 = 5200


class FloorPlanFactory(factory.django.DjangoModelFactory):
    """A plan whose drawing is not on the disk."""

    class Meta:
        model = models.FloorPlan

    place = factory.SubFactory("logistics.campus.factories.FloorFactory")
    file = "photos/00/none.jpg"
    width_px = 1200
    height_px = 800
