"""Extensions, the readings of Chinese characters, and the SQL functions of search."""
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

from logistics.core.search.pinyin import reading_rows
from logistics.core.search.sql import CREATE, DROP

TABLE = """
CREATE TABLE core_pinyin (letter text PRIMARY KEY, readings text);
COMMENT ON TABLE core_pinyin IS 'How each Chinese character is read, for search by pinyin';
"""


def fill_readings(apps, schema_editor):
    from psycopg2.extras import execute_values

    with schema_editor.connection.cursor() as cursor:
        execute_values(cursor.cursor, "INSERT INTO core_pinyin (letter, readings) VALUES %s", reading_rows(), page_size=5_000)


class Migration(migrations.Migration):
    initial = True
    run_before = [("accounts", "0001_initial")]
    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(TABLE, "DROP TABLE core_pinyin"),
        migrations.RunPython(fill_readings, migrations.RunPython.noop),
        migrations.RunSQL(CREATE, DROP),
    ]
