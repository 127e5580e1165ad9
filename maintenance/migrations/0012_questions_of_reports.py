"""A category may ask more closely; the report keeps what was answered, in the words of that day."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('maintenance', '0011_sources_and_shipped_times'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='repaircategory',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='repaircategory',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='repaircategory',
            name='delete_delete',
        ),
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
            model_name='repaircategory',
            name='questions',
            field=models.ForeignKey(blank=True, help_text='At most four, by choice, number or words; asked after the tile, all optional.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maintenance.checklist', verbose_name='questions to the reporter'),
        ),
        migrations.AddField(
            model_name='repaircategoryevent',
            name='questions',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='At most four, by choice, number or words; asked after the tile, all optional.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='maintenance.checklist', verbose_name='questions to the reporter'),
        ),
        migrations.AddField(
            model_name='repairrequest',
            name='answers',
            field=models.JSONField(blank=True, db_default=[], default=list, editable=False, verbose_name='answers'),
        ),
        migrations.AddField(
            model_name='repairrequestevent',
            name='answers',
            field=models.JSONField(blank=True, db_default=[], default=list, editable=False, verbose_name='answers'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repaircategory',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repaircategoryevent" ("active", "charge_on_misuse", "code", "equipment_category_id", "estimate_s", "icon", "id", "impact", "name_en", "name_zh", "parent_id", "permits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "questions_id", "required_level", "team_id", "trade", "urgency") VALUES (NEW."active", NEW."charge_on_misuse", NEW."code", NEW."equipment_category_id", NEW."estimate_s", NEW."icon", NEW."id", NEW."impact", NEW."name_en", NEW."name_zh", NEW."parent_id", NEW."permits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."proof", NEW."questions_id", NEW."required_level", NEW."team_id", NEW."trade", NEW."urgency"); RETURN NULL;', hash='9f0d09170b77d528854d8debdf893ca3a80444c3', operation='INSERT', pgid='pgtrigger_insert_insert_10a9e', table='maintenance_repaircategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repaircategory',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "maintenance_repaircategoryevent" ("active", "charge_on_misuse", "code", "equipment_category_id", "estimate_s", "icon", "id", "impact", "name_en", "name_zh", "parent_id", "permits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "questions_id", "required_level", "team_id", "trade", "urgency") VALUES (NEW."active", NEW."charge_on_misuse", NEW."code", NEW."equipment_category_id", NEW."estimate_s", NEW."icon", NEW."id", NEW."impact", NEW."name_en", NEW."name_zh", NEW."parent_id", NEW."permits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."proof", NEW."questions_id", NEW."required_level", NEW."team_id", NEW."trade", NEW."urgency"); RETURN NULL;', hash='85b0b6db0b05809676ec8e075fe8d05e56a3419c', operation='UPDATE', pgid='pgtrigger_update_update_12645', table='maintenance_repaircategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repaircategory',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repaircategoryevent" ("active", "charge_on_misuse", "code", "equipment_category_id", "estimate_s", "icon", "id", "impact", "name_en", "name_zh", "parent_id", "permits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "questions_id", "required_level", "team_id", "trade", "urgency") VALUES (OLD."active", OLD."charge_on_misuse", OLD."code", OLD."equipment_category_id", OLD."estimate_s", OLD."icon", OLD."id", OLD."impact", OLD."name_en", OLD."name_zh", OLD."parent_id", OLD."permits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."proof", OLD."questions_id", OLD."required_level", OLD."team_id", OLD."trade", OLD."urgency"); RETURN NULL;', hash='40d0cb00d6a0fbac51431a2e405c4100d4447fc9', operation='DELETE', pgid='pgtrigger_delete_delete_65fd5', table='maintenance_repaircategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "answers", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "source_id", "source_kind", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "urgency_reported", "work_order_id") VALUES (NEW."access", NEW."access_note", NEW."answers", NEW."appealed_at", NEW."asked_at", NEW."category_id", NEW."channel", NEW."description", NEW."ended_at", NEW."equipment_id", NEW."hazard", NEW."id", NEW."joined_to_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."place_en", NEW."place_id", NEW."place_zh", NEW."question", NEW."reporter_id", NEW."resolved_at", NEW."source_id", NEW."source_kind", NEW."split_from_id", NEW."state", NEW."stops_use", NEW."submitted_at", NEW."symptom_id", NEW."taken_by_id", NEW."title_en", NEW."title_zh", NEW."urgency_reported", NEW."work_order_id"); RETURN NULL;', hash='e1c8b866a348d84eeb7c0eb18a66ca9b7c15f79e', operation='INSERT', pgid='pgtrigger_insert_insert_b4f26', table='maintenance_repairrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."access" IS DISTINCT FROM (NEW."access") OR OLD."access_note" IS DISTINCT FROM (NEW."access_note") OR OLD."answers" IS DISTINCT FROM (NEW."answers") OR OLD."appealed_at" IS DISTINCT FROM (NEW."appealed_at") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."equipment_id" IS DISTINCT FROM (NEW."equipment_id") OR OLD."hazard" IS DISTINCT FROM (NEW."hazard") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."joined_to_id" IS DISTINCT FROM (NEW."joined_to_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."place_id" IS DISTINCT FROM (NEW."place_id") OR OLD."place_en" IS DISTINCT FROM (NEW."place_en") OR OLD."place_zh" IS DISTINCT FROM (NEW."place_zh") OR OLD."question" IS DISTINCT FROM (NEW."question") OR OLD."reporter_id" IS DISTINCT FROM (NEW."reporter_id") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."source_kind" IS DISTINCT FROM (NEW."source_kind") OR OLD."split_from_id" IS DISTINCT FROM (NEW."split_from_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."stops_use" IS DISTINCT FROM (NEW."stops_use") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."symptom_id" IS DISTINCT FROM (NEW."symptom_id") OR OLD."taken_by_id" IS DISTINCT FROM (NEW."taken_by_id") OR OLD."title_en" IS DISTINCT FROM (NEW."title_en") OR OLD."title_zh" IS DISTINCT FROM (NEW."title_zh") OR OLD."urgency_reported" IS DISTINCT FROM (NEW."urgency_reported") OR OLD."work_order_id" IS DISTINCT FROM (NEW."work_order_id"))', func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "answers", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "source_id", "source_kind", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "urgency_reported", "work_order_id") VALUES (NEW."access", NEW."access_note", NEW."answers", NEW."appealed_at", NEW."asked_at", NEW."category_id", NEW."channel", NEW."description", NEW."ended_at", NEW."equipment_id", NEW."hazard", NEW."id", NEW."joined_to_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."place_en", NEW."place_id", NEW."place_zh", NEW."question", NEW."reporter_id", NEW."resolved_at", NEW."source_id", NEW."source_kind", NEW."split_from_id", NEW."state", NEW."stops_use", NEW."submitted_at", NEW."symptom_id", NEW."taken_by_id", NEW."title_en", NEW."title_zh", NEW."urgency_reported", NEW."work_order_id"); RETURN NULL;', hash='cbd051c060cc653cb01cd44f7cd89094fa4ec01b', operation='UPDATE', pgid='pgtrigger_update_update_d1df2', table='maintenance_repairrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "answers", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "source_id", "source_kind", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "urgency_reported", "work_order_id") VALUES (OLD."access", OLD."access_note", OLD."answers", OLD."appealed_at", OLD."asked_at", OLD."category_id", OLD."channel", OLD."description", OLD."ended_at", OLD."equipment_id", OLD."hazard", OLD."id", OLD."joined_to_id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."place_en", OLD."place_id", OLD."place_zh", OLD."question", OLD."reporter_id", OLD."resolved_at", OLD."source_id", OLD."source_kind", OLD."split_from_id", OLD."state", OLD."stops_use", OLD."submitted_at", OLD."symptom_id", OLD."taken_by_id", OLD."title_en", OLD."title_zh", OLD."urgency_reported", OLD."work_order_id"); RETURN NULL;', hash='13215eda42198026a2838356d2543218448ec95e', operation='DELETE', pgid='pgtrigger_delete_delete_2bddd', table='maintenance_repairrequest', when='AFTER')),
        ),
    ]
