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
        ('staff', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='staffmember',
            name='search_text',
        ),
        migrations.RemoveIndex(
            model_name='staffmember',
            name='staff_search',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffmember',
            trigger=pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."staff_no"]::text[], ARRAY[]::text[]); RETURN NEW;', hash='775b5952db7ee8936a21ceca49433330544cd339', operation='INSERT OR UPDATE OF "staff_no"', pgid='pgtrigger_search_text_64a2e', table='staff_staffmember', when='BEFORE')),
        ),
        migrations.RunSQL(*refreshed('staff_staffmember')),
        migrations.AddIndex(
            model_name='staffmember',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='staff_search'),
        ),
    ]
