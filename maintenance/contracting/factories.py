"""Rows for tests."""

from __future__ import annotations

from datetime import date, timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from logistics.core import clock
from maintenance.models import FirmCertificate, Quote, Visit


class QuoteFactory(DjangoModelFactory):
    class Meta:
        model = Quote

    order = factory.SubFactory("maintenance.factories.WorkOrderFactory")
    organisation = factory.SubFactory("logistics.accounts.factories.OrganisationFactory", kind="contractor")


class VisitFactory(DjangoModelFactory):
    class Meta:
        model = Visit

    order = factory.SubFactory("maintenance.factories.WorkOrderFactory")
    organisation = factory.SubFactory("logistics.accounts.factories.OrganisationFactory", kind="contractor")
    span = factory.LazyFunction(lambda: DateTimeTZRange(clock.now(), clock.now() + timedelta(hours=3)))


class FirmCertificateFactory(DjangoModelFactory):
    class Meta:
        model = FirmCertificate

    person = factory.SubFactory("logistics.accounts.factories.PersonFactory", kinds=["contractor"])
    type = factory.SubFactory("staff.factories.CertificateTypeFactory")
    number = factory.Sequence(lambda n: f"FC-{n:05d}")
    valid_from = date(2025, 1, 1)
    valid_until = date(2029, 1, 1)
    seen_by = factory.SubFactory("logistics.accounts.factories.PersonFactory")
