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
        ('accounts', '0003_search'),
        ('campus', '0002_words_of_checks_initial'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='place',
            name='tree_words',
        ),
        migrations.RemoveIndex(
            model_name='place',
            name='place_search',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='place',
            trigger=pgtrigger.compiler.Trigger(name='tree_words', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                SELECT array_agg(p.name_zh ORDER BY a.place), array_agg(coalesce(nullif(p.name_en, ''), p.name_zh) ORDER BY a.place)\n                INTO NEW.path_zh, NEW.path_en FROM campus_place p JOIN unnest(NEW.ancestors) WITH ORDINALITY AS a(id, place) ON a.id = p.id WHERE p.kind NOT IN ('school', 'floor') AND p.id <> NEW.id;\n                NEW.path_zh := coalesce(NEW.path_zh, ARRAY[]::text[]) || NEW.name_zh::text;\n                NEW.path_en := coalesce(NEW.path_en, ARRAY[]::text[]) || coalesce(nullif(NEW.name_en, ''), NEW.name_zh)::text;\n                NEW.search_text := hq_search_text(\n                    ARRAY[NEW.code, NEW.name_zh, NEW.name_en], ARRAY[array_to_string(NEW.path_zh, ' '), array_to_string(NEW.path_en, ' ')]);\n                RETURN NEW;\n            ", hash='83b4d979416fcbce66ebd4dc62533fe8bb3d925b', operation='INSERT OR UPDATE OF "parent_id", "ancestors", "code", "name_zh", "name_en", "path_zh", "path_en"', pgid='pgtrigger_tree_words_0f60a', table='campus_place', when='BEFORE')),
        ),
        migrations.RunSQL(*refreshed('campus_place')),
        migrations.AddIndex(
            model_name='place',
            index=django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='place_search'),
        ),
    ]
