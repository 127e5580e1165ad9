"""Rows for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from maintenance.models import SchemeRound


class SchemeRoundFactory(DjangoModelFactory):
    class Meta:
        model = SchemeRound

    scheme = factory.SubFactory("assets.certificates.factories.SchemeFactory")
