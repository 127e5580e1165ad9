"""What guests leave of themselves is sealed, what is there already too; a rejected report may be looked at again."""

import logistics.core.secrets
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from logistics.core.secrets import seal, unseal


def rewrite(schema_editor, change):
    """Every name and number of a guest."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, name, phone FROM maintenance_guestcontact WHERE name <> '' OR phone <> ''")
        rows = cursor.fetchall()
        cursor.executemany("UPDATE maintenance_guestcontact SET name = %s, phone = %s WHERE id = %s",
                           [(change(name), change(phone), pk) for pk, name, phone in rows])


def close(apps, schema_editor):
    rewrite(schema_editor, seal)


def open_again(apps, schema_editor):
    rewrite(schema_editor, unseal)


class Migration(migrations.Migration):

    dependencies = [
        ('maintenance', '0008_order_planned'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='repairrequest',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='repairrequest',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='repairrequest',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='repairrequest',
            name='appealed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='appealed'),
        ),
        migrations.AddField(
            model_name='repairrequestevent',
            name='appealed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='appealed'),
        ),
        migrations.AlterField(
            model_name='guestcontact',
            name='name',
            field=logistics.core.secrets.SecretField(blank=True, default='', verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='guestcontact',
            name='phone',
            field=logistics.core.secrets.SecretField(blank=True, default='', verbose_name='phone'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "work_order_id") VALUES (NEW."access", NEW."access_note", NEW."appealed_at", NEW."asked_at", NEW."category_id", NEW."channel", NEW."description", NEW."ended_at", NEW."equipment_id", NEW."hazard", NEW."id", NEW."joined_to_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."place_en", NEW."place_id", NEW."place_zh", NEW."question", NEW."reporter_id", NEW."resolved_at", NEW."split_from_id", NEW."state", NEW."stops_use", NEW."submitted_at", NEW."symptom_id", NEW."taken_by_id", NEW."title_en", NEW."title_zh", NEW."work_order_id"); RETURN NULL;', hash='eae81ccb307d398dae2d63aff859ef72a9d6e15a', operation='INSERT', pgid='pgtrigger_insert_insert_b4f26', table='maintenance_repairrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."access" IS DISTINCT FROM (NEW."access") OR OLD."access_note" IS DISTINCT FROM (NEW."access_note") OR OLD."appealed_at" IS DISTINCT FROM (NEW."appealed_at") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."equipment_id" IS DISTINCT FROM (NEW."equipment_id") OR OLD."hazard" IS DISTINCT FROM (NEW."hazard") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."joined_to_id" IS DISTINCT FROM (NEW."joined_to_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."place_id" IS DISTINCT FROM (NEW."place_id") OR OLD."place_en" IS DISTINCT FROM (NEW."place_en") OR OLD."place_zh" IS DISTINCT FROM (NEW."place_zh") OR OLD."question" IS DISTINCT FROM (NEW."question") OR OLD."reporter_id" IS DISTINCT FROM (NEW."reporter_id") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at") OR OLD."split_from_id" IS DISTINCT FROM (NEW."split_from_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."stops_use" IS DISTINCT FROM (NEW."stops_use") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."symptom_id" IS DISTINCT FROM (NEW."symptom_id") OR OLD."taken_by_id" IS DISTINCT FROM (NEW."taken_by_id") OR OLD."title_en" IS DISTINCT FROM (NEW."title_en") OR OLD."title_zh" IS DISTINCT FROM (NEW."title_zh") OR OLD."work_order_id" IS DISTINCT FROM (NEW."work_order_id"))', func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "work_order_id") VALUES (NEW."access", NEW."access_note", NEW."appealed_at", NEW."asked_at", NEW."category_id", NEW."channel", NEW."description", NEW."ended_at", NEW."equipment_id", NEW."hazard", NEW."id", NEW."joined_to_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."place_en", NEW."place_id", NEW."place_zh", NEW."question", NEW."reporter_id", NEW."resolved_at", NEW."split_from_id", NEW."state", NEW."stops_use", NEW."submitted_at", NEW."symptom_id", NEW."taken_by_id", NEW."title_en", NEW."title_zh", NEW."work_order_id"); RETURN NULL;', hash='9da8bfd10a1495c725be1011052577b3c59c5cd6', operation='UPDATE', pgid='pgtrigger_update_update_d1df2', table='maintenance_repairrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "work_order_id") VALUES (OLD."access", OLD."access_note", OLD."appealed_at", OLD."asked_at", OLD."category_id", OLD."channel", OLD."description", OLD."ended_at", OLD."equipment_id", OLD."hazard", OLD."id", OLD."joined_to_id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."place_en", OLD."place_id", OLD."place_zh", OLD."question", OLD."reporter_id", OLD."resolved_at", OLD."split_from_id", OLD."state", OLD."stops_use", OLD."submitted_at", OLD."symptom_id", OLD."taken_by_id", OLD."title_en", OLD."title_zh", OLD."work_order_id"); RETURN NULL;', hash='bd344484c0e8c52edae2a282e6096764aea63fae', operation='DELETE', pgid='pgtrigger_delete_delete_2bddd', table='maintenance_repairrequest', when='AFTER')),
        ),
        migrations.RunPython(close, open_again),
    ]
