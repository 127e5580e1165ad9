"""Extensions, and the SQL functions of search: grams of two characters, pinyin initials, the folded search text."""
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

from logistics.core.search.pinyin import pinyin_rows
from logistics.core.search.sql import SQL_GRAMS, SQL_GRAMS_DROP

TABLE = """
CREATE TABLE core_pinyin (letter text PRIMARY KEY, initial text NOT NULL);
COMMENT ON TABLE core_pinyin IS 'First pinyin letter of each Chinese character, for search by initials';
"""
SEARCH_TEXT = """
CREATE FUNCTION hq_initials(content text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(coalesce(p.initial, ' '), '' ORDER BY c.place), '')
    FROM regexp_split_to_table(regexp_replace(content, '[^一-鿿]+', ' ', 'g'), '') WITH ORDINALITY AS c(letter, place)
    LEFT JOIN core_pinyin p ON p.letter = c.letter
$$;
CREATE FUNCTION hq_search_text(content text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT upper(regexp_replace(btrim(normalize(content, NFKC) || ' ' || hq_initials(content)), '\\s+', ' ', 'g'))
$$;
"""


def fill_pinyin(apps, schema_editor):
    from psycopg2.extras import execute_values

    with schema_editor.connection.cursor() as cursor:
        execute_values(cursor.cursor, "INSERT INTO core_pinyin (letter, initial) VALUES %s", pinyin_rows(), page_size=5000)


class Migration(migrations.Migration):
    initial = True
    run_before = [("accounts", "0001_initial")]
    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(SQL_GRAMS, SQL_GRAMS_DROP),
        migrations.RunSQL(TABLE, "DROP TABLE core_pinyin"),
        migrations.RunPython(fill_pinyin, migrations.RunPython.noop),
        migrations.RunSQL(SEARCH_TEXT, "DROP FUNCTION hq_search_text(text); DROP FUNCTION hq_initials(text)"),
    ]
