"""Triggers can be switched off, and asking whether they are costs no error that is raised and caught."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import connection

from assets.models import EquipmentCategory
from logistics.core.history import event_model
from logistics.core.migrating import ask_triggers_cheaply

pytestmark = pytest.mark.django_db


def body() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE oid = '_pgtrigger_should_ignore(name)'::regprocedure")
        return cursor.fetchone()[0]


def test_asking_whether_a_trigger_is_off_opens_no_subtransaction() -> None:
    assert "EXCEPTION" not in body()


def test_the_dear_question_of_a_later_migration_does_not_stay() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE plpgsql AS "
                       "'BEGIN BEGIN PERFORM 1; EXCEPTION WHEN OTHERS THEN END; RETURN false; END'")
    assert "EXCEPTION" in body()
    ask_triggers_cheaply()
    assert "EXCEPTION" not in body()


def test_a_trigger_that_is_switched_off_rests_until_it_is_on_again() -> None:
    kind = EquipmentCategory.objects.create(code="pump", name_zh="泵")
    told = event_model(EquipmentCategory).objects.filter(pgh_obj_id=kind.pk)
    before = told.count()
    with pgtrigger.ignore("assets.EquipmentCategory:update_update"):
        EquipmentCategory.objects.filter(pk=kind.pk).update(name_zh="水泵")
    assert told.count() == before
    EquipmentCategory.objects.filter(pk=kind.pk).update(name_zh="循环泵")
    assert told.count() == before + 1
