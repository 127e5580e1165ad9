"""What the law asks of a thing or place goes with it, however it is deleted."""
from django.db import migrations

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
    dependencies = [("assets", "0011_renewal_initial")]
    operations = [migrations.RunSQL(LEAVE, STAY)]
