"""Requirements follow whatever they depend on, in the same transaction, whoever changes it."""
from pathlib import Path

from django.conf import settings
from django.db import migrations

FUNCTIONS = (Path(settings.BASE_DIR) / "assets" / "certificates" / "requirements.sql").read_text()
TRIGGERS = """
CREATE TRIGGER requirements_insert AFTER INSERT ON assets_equipment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION assets_requirements_of_equipment();
CREATE TRIGGER requirements_update AFTER UPDATE ON assets_equipment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION assets_requirements_of_equipment();
CREATE TRIGGER requirements_update AFTER UPDATE ON assets_equipmentcategory REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION assets_requirements_of_categories();
CREATE TRIGGER requirements_insert AFTER INSERT ON campus_place REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION assets_requirements_of_places();
CREATE TRIGGER requirements_update AFTER UPDATE ON campus_place REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION assets_requirements_of_places();
CREATE TRIGGER requirements_insert AFTER INSERT ON assets_statutoryrecord REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION assets_requirements_of_records();
"""
FOLLOWED = ("assets_scheme", "assets_schemeversion", "assets_schemeinterval", "assets_schemerule")
TRIGGERS += "".join(
    f"CREATE TRIGGER requirements_{way.lower()} AFTER {way} ON {table} REFERENCING {side} TABLE AS touched "
    "FOR EACH STATEMENT EXECUTE FUNCTION assets_requirements_of_schemes();\n"
    for table in FOLLOWED for way, side in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
)
BACK = "".join(
    f"DROP TRIGGER IF EXISTS requirements_{way} ON {table};\n"
    for table in ("assets_equipment", "assets_equipmentcategory", "campus_place", "assets_statutoryrecord", *FOLLOWED)
    for way in ("insert", "update", "delete")
) + "".join(
    f"DROP FUNCTION IF EXISTS assets_requirements_of_{what}();\n" for what in ("equipment", "places", "categories", "records", "schemes")
) + "DROP FUNCTION IF EXISTS assets_refresh_requirements(bigint[], bigint[], bigint[], timestamptz);"


class Migration(migrations.Migration):
    dependencies = [("assets", "0007_certificates_initial"), ("campus", "0003_search")]
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
                  migrations.RunSQL(TRIGGERS, BACK)]
