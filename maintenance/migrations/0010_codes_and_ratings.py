"""Kinds of equipment and misuse on repair categories, tags of ratings, how pressing a reporter finds it; a joined report has the order of its root."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0004_reason_in_english'),
        ('campus', '0004_scans_are_kept_for_a_time'),
        ('maintenance', '0009_guests_and_appeals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
            model_name='rating',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('quick', 'quick'), ('well', 'well done'), ('friendly', 'friendly'), ('clean', 'left it clean'), ('late', 'took too long'), ('again', 'will break again'), ('mess', 'left a mess')], max_length=8), blank=True, db_default=[], default=list, size=None, verbose_name='in short'),
        ),
        migrations.AddField(
            model_name='repaircategory',
            name='charge_on_misuse',
            field=models.BooleanField(db_default=False, default=False, help_text='The order reminds whoever repairs it to keep photos and to say what was done to it.', verbose_name='misuse is charged'),
        ),
        migrations.AddField(
            model_name='repaircategory',
            name='equipment_category',
            field=models.ForeignKey(blank=True, help_text='At such a thing its tiles come first; its failure codes are offered for every repair of such a thing.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assets.equipmentcategory', verbose_name='kind of equipment'),
        ),
        migrations.AddField(
            model_name='repaircategoryevent',
            name='charge_on_misuse',
            field=models.BooleanField(db_default=False, default=False, help_text='The order reminds whoever repairs it to keep photos and to say what was done to it.', verbose_name='misuse is charged'),
        ),
        migrations.AddField(
            model_name='repaircategoryevent',
            name='equipment_category',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='At such a thing its tiles come first; its failure codes are offered for every repair of such a thing.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assets.equipmentcategory', verbose_name='kind of equipment'),
        ),
        migrations.AddField(
            model_name='repairrequest',
            name='urgency_reported',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(1, 'at once'), (2, 'today'), (3, 'this week'), (4, 'when it fits')], null=True, verbose_name='how pressing, says the reporter'),
        ),
        migrations.AddField(
            model_name='repairrequestevent',
            name='urgency_reported',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(1, 'at once'), (2, 'today'), (3, 'this week'), (4, 'when it fits')], null=True, verbose_name='how pressing, says the reporter'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repaircategory',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repaircategoryevent" ("active", "charge_on_misuse", "code", "equipment_category_id", "estimate_s", "icon", "id", "impact", "name_en", "name_zh", "parent_id", "permits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "required_level", "team_id", "trade", "urgency") VALUES (NEW."active", NEW."charge_on_misuse", NEW."code", NEW."equipment_category_id", NEW."estimate_s", NEW."icon", NEW."id", NEW."impact", NEW."name_en", NEW."name_zh", NEW."parent_id", NEW."permits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."proof", NEW."required_level", NEW."team_id", NEW."trade", NEW."urgency"); RETURN NULL;', hash='1be397e526aa585a700e79e7e2de7ffee3ebe099', operation='INSERT', pgid='pgtrigger_insert_insert_10a9e', table='maintenance_repaircategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repaircategory',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "maintenance_repaircategoryevent" ("active", "charge_on_misuse", "code", "equipment_category_id", "estimate_s", "icon", "id", "impact", "name_en", "name_zh", "parent_id", "permits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "required_level", "team_id", "trade", "urgency") VALUES (NEW."active", NEW."charge_on_misuse", NEW."code", NEW."equipment_category_id", NEW."estimate_s", NEW."icon", NEW."id", NEW."impact", NEW."name_en", NEW."name_zh", NEW."parent_id", NEW."permits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."proof", NEW."required_level", NEW."team_id", NEW."trade", NEW."urgency"); RETURN NULL;', hash='a00324b05e06cc5317459809dabd1ea54924e7cf', operation='UPDATE', pgid='pgtrigger_update_update_12645', table='maintenance_repaircategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repaircategory',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repaircategoryevent" ("active", "charge_on_misuse", "code", "equipment_category_id", "estimate_s", "icon", "id", "impact", "name_en", "name_zh", "parent_id", "permits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "required_level", "team_id", "trade", "urgency") VALUES (OLD."active", OLD."charge_on_misuse", OLD."code", OLD."equipment_category_id", OLD."estimate_s", OLD."icon", OLD."id", OLD."impact", OLD."name_en", OLD."name_zh", OLD."parent_id", OLD."permits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."proof", OLD."required_level", OLD."team_id", OLD."trade", OLD."urgency"); RETURN NULL;', hash='5ad006e8d8ca535e1c15607966d9903eb9fa5610', operation='DELETE', pgid='pgtrigger_delete_delete_65fd5', table='maintenance_repaircategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='joined_same_order', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    IF EXISTS (\n                        SELECT 1 FROM maintenance_repairrequest r JOIN maintenance_repairrequest root ON root.id = r.joined_to_id\n                        WHERE (r.id = NEW.id OR r.joined_to_id = NEW.id) AND r.work_order_id IS DISTINCT FROM root.work_order_id\n                    ) THEN\n                        RAISE EXCEPTION 'joined_elsewhere' USING ERRCODE = 'check_violation', CONSTRAINT = 'request_joined_same_order';\n                    END IF;\n                    RETURN NULL;\n                ", hash='904d355b9750f9c72f7309669776fcb127eb58ce', operation='INSERT OR UPDATE OF "joined_to_id", "work_order_id"', pgid='pgtrigger_joined_same_order_35407', table='maintenance_repairrequest', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "urgency_reported", "work_order_id") VALUES (NEW."access", NEW."access_note", NEW."appealed_at", NEW."asked_at", NEW."category_id", NEW."channel", NEW."description", NEW."ended_at", NEW."equipment_id", NEW."hazard", NEW."id", NEW."joined_to_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."place_en", NEW."place_id", NEW."place_zh", NEW."question", NEW."reporter_id", NEW."resolved_at", NEW."split_from_id", NEW."state", NEW."stops_use", NEW."submitted_at", NEW."symptom_id", NEW."taken_by_id", NEW."title_en", NEW."title_zh", NEW."urgency_reported", NEW."work_order_id"); RETURN NULL;', hash='7cb1275f5d51931bb7a647955d0ee70e9bc9b2f7', operation='INSERT', pgid='pgtrigger_insert_insert_b4f26', table='maintenance_repairrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."access" IS DISTINCT FROM (NEW."access") OR OLD."access_note" IS DISTINCT FROM (NEW."access_note") OR OLD."appealed_at" IS DISTINCT FROM (NEW."appealed_at") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."equipment_id" IS DISTINCT FROM (NEW."equipment_id") OR OLD."hazard" IS DISTINCT FROM (NEW."hazard") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."joined_to_id" IS DISTINCT FROM (NEW."joined_to_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."place_id" IS DISTINCT FROM (NEW."place_id") OR OLD."place_en" IS DISTINCT FROM (NEW."place_en") OR OLD."place_zh" IS DISTINCT FROM (NEW."place_zh") OR OLD."question" IS DISTINCT FROM (NEW."question") OR OLD."reporter_id" IS DISTINCT FROM (NEW."reporter_id") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at") OR OLD."split_from_id" IS DISTINCT FROM (NEW."split_from_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."stops_use" IS DISTINCT FROM (NEW."stops_use") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."symptom_id" IS DISTINCT FROM (NEW."symptom_id") OR OLD."taken_by_id" IS DISTINCT FROM (NEW."taken_by_id") OR OLD."title_en" IS DISTINCT FROM (NEW."title_en") OR OLD."title_zh" IS DISTINCT FROM (NEW."title_zh") OR OLD."urgency_reported" IS DISTINCT FROM (NEW."urgency_reported") OR OLD."work_order_id" IS DISTINCT FROM (NEW."work_order_id"))', func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "urgency_reported", "work_order_id") VALUES (NEW."access", NEW."access_note", NEW."appealed_at", NEW."asked_at", NEW."category_id", NEW."channel", NEW."description", NEW."ended_at", NEW."equipment_id", NEW."hazard", NEW."id", NEW."joined_to_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."place_en", NEW."place_id", NEW."place_zh", NEW."question", NEW."reporter_id", NEW."resolved_at", NEW."split_from_id", NEW."state", NEW."stops_use", NEW."submitted_at", NEW."symptom_id", NEW."taken_by_id", NEW."title_en", NEW."title_zh", NEW."urgency_reported", NEW."work_order_id"); RETURN NULL;', hash='c4339ed882cf2e0e95543a4a7a05d09f3ff86d01', operation='UPDATE', pgid='pgtrigger_update_update_d1df2', table='maintenance_repairrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "maintenance_repairrequestevent" ("access", "access_note", "appealed_at", "asked_at", "category_id", "channel", "description", "ended_at", "equipment_id", "hazard", "id", "joined_to_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_en", "place_id", "place_zh", "question", "reporter_id", "resolved_at", "split_from_id", "state", "stops_use", "submitted_at", "symptom_id", "taken_by_id", "title_en", "title_zh", "urgency_reported", "work_order_id") VALUES (OLD."access", OLD."access_note", OLD."appealed_at", OLD."asked_at", OLD."category_id", OLD."channel", OLD."description", OLD."ended_at", OLD."equipment_id", OLD."hazard", OLD."id", OLD."joined_to_id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."place_en", OLD."place_id", OLD."place_zh", OLD."question", OLD."reporter_id", OLD."resolved_at", OLD."split_from_id", OLD."state", OLD."stops_use", OLD."submitted_at", OLD."symptom_id", OLD."taken_by_id", OLD."title_en", OLD."title_zh", OLD."urgency_reported", OLD."work_order_id"); RETURN NULL;', hash='83b89f5605fd2df2ad85c3ad5513e28042abbda0', operation='DELETE', pgid='pgtrigger_delete_delete_2bddd', table='maintenance_repairrequest', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='repairrequest',
            constraint=models.CheckConstraint(condition=models.Q(('urgency_reported__isnull', True), ('urgency_reported__range', (1, 4)), _connector='OR'), name='request_urgency'),
        ),
    ]
