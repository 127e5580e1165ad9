"""Rows for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from logistics.core import clock
from maintenance.models import KeptPage


class KeptPageFactory(DjangoModelFactory):
    class Meta:
        model = KeptPage

    code = "facilities"
    reader = factory.Sequence(lambda n: f"{n:024d}")
    language = "en"
    span = "month"
    pieces = factory.LazyFunction(lambda: {"sentence": "", "html": "", "at": ""})
    made_at = factory.LazyFunction(clock.now)
