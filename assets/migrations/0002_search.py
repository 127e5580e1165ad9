"""Search texts in lines, with every reading of a Chinese character, and the index over their tokens."""

import django.contrib.postgres.indexes
import logistics.core.search.declaring
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from logistics.core.search.sql import refreshed


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0011_search'),
        ('accounts', '0003_search'),
        ('assets', '0001_initial'),
        ('campus', '0003_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='equipment',
            name='search_text',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='equipmentcategory',
            name='search_text',
        ),
        migrations.RemoveIndex(
            model_name='equipment',
            name='equipment_search',
        ),
        migrations.RemoveIndex(
            model_name='equipmentcategory',
            name='category_search',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equipment',
            trigger=pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."number", NEW."name_zh", NEW."name_en"]::text[], ARRAY[NEW."maker", NEW."model_name", NEW."serial_no", NEW."fixed_asset_no"]::text[]); RETURN NEW;', hash='05c34d9dfd428e1bea12bab8e07096bce816150e', operation='INSERT OR UPDATE OF "number", "name_zh", "name_en", "maker", "model_name", "serial_no", "fixed_asset_no"', pgid='pgtrigger_search_text_e2732', table='assets_equipment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equipmentcategory',
            trigger=pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."code", NEW."name_zh", NEW."name_en"]::text[], ARRAY[]::text[]); RETURN NEW;', hash='5cb779e9a95d67d05b579ca64c4c60ddd53cbc1b', operation='INSERT OR UPDATE OF "code", "name_zh", "name_en"', pgid='pgtrigger_search_text_a8164', table='assets_equipmentcategory', when='BEFORE')),
        ),
        migrations.RunSQL(*refreshed('assets_equipment')),
        migrations.RunSQL(*refreshed('assets_equipmentcategory')),
        migrations.AddIndex(
            model_name='equipment',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='equipment_search'),
        ),
        migrations.AddIndex(
            model_name='equipmentcategory',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='category_search'),
        ),
    ]
