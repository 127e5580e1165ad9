"""Search texts in lines, with every reading of a Chinese character, and the index over their tokens."""

import django.contrib.postgres.indexes
import logistics.core.search.declaring
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from logistics.core.search.sql import refreshed


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0011_search'),
        ('accounts', '0002_tokens'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='department',
            name='search_text',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organisation',
            name='search_text',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='search_text',
        ),
        migrations.RemoveIndex(
            model_name='department',
            name='department_search',
        ),
        migrations.RemoveIndex(
            model_name='organisation',
            name='organisation_search',
        ),
        migrations.RemoveIndex(
            model_name='person',
            name='person_search',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='department',
            trigger=pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."code", NEW."name_zh", NEW."name_en"]::text[], ARRAY[]::text[]); RETURN NEW;', hash='3516bb3c5a7b194a9c3f82d15098e06fd770bb67', operation='INSERT OR UPDATE OF "code", "name_zh", "name_en"', pgid='pgtrigger_search_text_e69e4', table='accounts_department', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."code", NEW."name_zh", NEW."name_en"]::text[], ARRAY[NEW."contact"]::text[]); RETURN NEW;', hash='0c3a8408f990e5c4d68478e1cf81c1f9a4af8934', operation='INSERT OR UPDATE OF "code", "name_zh", "name_en", "contact"', pgid='pgtrigger_search_text_43b34', table='accounts_organisation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."number", NEW."name_zh", NEW."name_en"]::text[], ARRAY[]::text[]); RETURN NEW;', hash='517cafdcb7ddab6f939d279f591cfc5cffcb3f04', operation='INSERT OR UPDATE OF "number", "name_zh", "name_en"', pgid='pgtrigger_search_text_50516', table='accounts_person', when='BEFORE')),
        ),
        migrations.RunSQL(*refreshed('accounts_person')),
        migrations.RunSQL(*refreshed('accounts_department')),
        migrations.RunSQL(*refreshed('accounts_organisation')),
        migrations.AddIndex(
            model_name='department',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='department_search'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='organisation_search'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='person_search'),
        ),
    ]
