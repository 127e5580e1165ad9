"""The register of what the school owns and whether it may be used."""
from assets.downtime.models import Downtime
from assets.meters.models import Meter, MeterFit, MeterReading, ReadingVoid
from assets.models.equipment import Equipment, EquipmentCategory, UseLock

__all__ = ["Downtime", "Equipment", "EquipmentCategory", "Meter", "MeterFit", "MeterReading", "ReadingVoid", "UseLock"]
