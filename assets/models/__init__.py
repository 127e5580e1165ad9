"""The register of what the school owns and whether it may be used."""
from assets.models.equipment import Equipment, EquipmentCategory, UseLock

__all__ = ["Equipment", "EquipmentCategory", "UseLock"]
