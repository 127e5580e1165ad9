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
        ('assets', '0002_search'),
        ('campus', '0003_search'),
        ('maintenance', '0004_limits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='repairrequest',
            name='search_text',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='workorder',
            name='search_text',
        ),
        migrations.RemoveIndex(
            model_name='repairrequest',
            name='request_search',
        ),
        migrations.RemoveIndex(
            model_name='workorder',
            name='order_search',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairrequest',
            trigger=pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."number", NEW."title_zh", NEW."title_en"]::text[], ARRAY[NEW."place_zh", NEW."place_en", NEW."description"]::text[]); RETURN NEW;', hash='eefbf4054271aa15084c9aa788915ad1fef568ef', operation='INSERT OR UPDATE OF "number", "title_zh", "title_en", "place_zh", "place_en", "description"', pgid='pgtrigger_search_text_c1352', table='maintenance_repairrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workorder',
            trigger=pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."number", NEW."title_zh", NEW."title_en"]::text[], ARRAY[NEW."place_zh", NEW."place_en"]::text[]); RETURN NEW;', hash='28420549b220caa61cd8ef718c36773b06c264aa', operation='INSERT OR UPDATE OF "number", "title_zh", "title_en", "place_zh", "place_en"', pgid='pgtrigger_search_text_77b22', table='maintenance_workorder', when='BEFORE')),
        ),
        migrations.RunSQL(*refreshed('maintenance_repairrequest')),
        migrations.RunSQL(*refreshed('maintenance_workorder')),
        migrations.AddIndex(
            model_name='repairrequest',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='request_search'),
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='order_search'),
        ),
    ]
