"""The register of what the school owns and whether it may be used."""
from assets.downtime.models import Downtime
from assets.meters.models import Meter, MeterFit, MeterReading, ReadingVoid
from assets.models.catalogue import CategoryAttribute, EquipmentCategory, EquipmentModel
from assets.models.equipment import Equipment
from assets.models.lock import UseLock
from assets.supply.models import CriticalLoad, Supply

__all__ = [
    "CategoryAttribute", "CriticalLoad", "Downtime", "Equipment", "EquipmentCategory", "EquipmentModel", "Meter", "MeterFit",
    "MeterReading", "ReadingVoid", "Supply", "UseLock",
]
