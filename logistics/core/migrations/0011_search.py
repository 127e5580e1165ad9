"""Search that knows every reading of a Chinese character: readings beside each, search texts in lines, an index of tokens."""
from django.db import migrations

from logistics.core.search.pinyin import reading_rows
from logistics.core.search.sql import CREATE, DROP


def fill_readings(apps, schema_editor):
    from psycopg2.extras import execute_values

    with schema_editor.connection.cursor() as cursor:
        execute_values(cursor.cursor, "UPDATE core_pinyin p SET readings = v.readings FROM (VALUES %s) AS v (letter, readings) "
                       "WHERE p.letter = v.letter", reading_rows(), page_size=5_000)


class Migration(migrations.Migration):
    dependencies = [("core", "0010_limits")]
    operations = [
        migrations.RunSQL("ALTER TABLE core_pinyin ADD COLUMN readings text", "ALTER TABLE core_pinyin DROP COLUMN readings"),
        migrations.RunPython(fill_readings, migrations.RunPython.noop),
        migrations.RunSQL(CREATE, DROP),
    ]
