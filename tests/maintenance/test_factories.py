"""Every record of maintenance can be made twice by its factory."""
from __future__ import annotations

import pytest
from django.apps import apps

from logistics.core.testing.world import factory_of

MODELS = [
    model
    for model in apps.get_app_config("maintenance").get_models()
    if not model.__name__.endswith("Event") or model.__name__ == "ClockEvent"
]


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_two_rows_of_every_record_can_be_made(model):
    factory = factory_of(model)
    assert factory is not None
    factory(), factory()
    assert model.objects.count() >= 2
