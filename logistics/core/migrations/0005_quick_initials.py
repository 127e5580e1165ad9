"""Pinyin initials by one look into the table for each character: joining all 20,000 of them for a dozen cost every write over a millisecond."""
from django.db import migrations

QUICK = """
CREATE OR REPLACE FUNCTION hq_initials(content text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(coalesce((SELECT p.initial FROM core_pinyin p WHERE p.letter = c.letter), ' '), '' ORDER BY c.place), '')
    FROM regexp_split_to_table(regexp_replace(content, '[^一-鿿]+', ' ', 'g'), '') WITH ORDINALITY AS c(letter, place)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_transfer_initial")]
    operations = [migrations.RunSQL(QUICK, migrations.RunSQL.noop)]
