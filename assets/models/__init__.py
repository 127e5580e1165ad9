"""The register of what the school owns and whether it may be used."""
from assets.certificates.models import (
    Requirement,
    Scheme,
    SchemeFigure,
    SchemeInterval,
    SchemeRule,
    SchemeVersion,
    StatutoryRecord,
)
from assets.downtime.models import Downtime
from assets.meters.models import Meter, MeterFit, MeterReading, ReadingVoid
from assets.models.catalogue import CategoryAttribute, EquipmentCategory, EquipmentModel
from assets.models.equipment import Equipment
from assets.models.lock import UseLock
from assets.supply.models import CriticalLoad, Supply

__all__ = [
    "CategoryAttribute", "CriticalLoad", "Downtime", "Equipment", "EquipmentCategory", "EquipmentModel", "Meter", "MeterFit",
    "MeterReading", "ReadingVoid", "Requirement", "Scheme", "SchemeFigure", "SchemeInterval", "SchemeRule", "SchemeVersion",
    "StatutoryRecord", "Supply", "UseLock",
]
