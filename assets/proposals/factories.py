"""Rows for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from assets.models import ProposalLine, RenewalProposal


class RenewalProposalFactory(DjangoModelFactory):
    class Meta:
        model = RenewalProposal

    number = factory.Sequence(lambda n: f"GX-2026-{n:06d}")
    title = "Renewals of the year"
    year = 2027
    total = 1000
    place = factory.SubFactory("logistics.campus.factories.BuildingFactory")


class ProposalLineFactory(DjangoModelFactory):
    class Meta:
        model = ProposalLine

    proposal = factory.SubFactory(RenewalProposalFactory)
    item = factory.SubFactory("assets.renewal.factories.RenewalItemFactory")
    position = factory.Sequence(lambda n: n % 30000)
