"""Requirements follow whatever they depend on, in the same transaction, whoever changes it, and go with what they are about."""
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
LEAVE = """
CREATE FUNCTION assets_requirements_leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'campus_place' THEN
        DELETE FROM assets_requirement WHERE place_id = OLD.id OR stands_at_id = OLD.id;
    ELSE
        DELETE FROM assets_requirement WHERE equipment_id = OLD.id;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER requirements_leave BEFORE DELETE ON campus_place FOR EACH ROW EXECUTE FUNCTION assets_requirements_leave();
CREATE TRIGGER requirements_leave BEFORE DELETE ON assets_equipment FOR EACH ROW EXECUTE FUNCTION assets_requirements_leave();
"""
STAY = """
DROP TRIGGER requirements_leave ON campus_place;
DROP TRIGGER requirements_leave ON assets_equipment;
DROP FUNCTION assets_requirements_leave();
"""


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_initial"), ("campus", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
                  migrations.RunSQL(TRIGGERS, BACK),
                  migrations.RunSQL(LEAVE, STAY)]
