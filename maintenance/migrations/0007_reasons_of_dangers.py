"""Locks and closures of hidden dangers get the words of their danger in English too."""

from django.db import migrations

WORDS = """
    UPDATE {table} l SET reason_en = left(f.title_en, 180) FROM maintenance_finding f
    WHERE l.source_kind = 'maintenance.finding' AND l.source_id = f.id AND l.reason_en = '' AND f.title_en <> ''
"""


class Migration(migrations.Migration):

    dependencies = [
        ('maintenance', '0006_kept_pages'),
        ('assets', '0004_reason_in_english'),
    ]

    operations = [
        migrations.RunSQL(WORDS.format(table="assets_uselock"), migrations.RunSQL.noop),
        migrations.RunSQL(WORDS.format(table="campus_placeclosure"), migrations.RunSQL.noop),
    ]
