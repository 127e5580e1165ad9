"""The register of what the school owns and whether it may be used."""
from assets.census.models import Census, CensusLine
from assets.certificates.models import (
    Requirement,
    Scheme,
    SchemeFigure,
    SchemeInterval,
    SchemeRule,
    SchemeVersion,
    StatutoryRecord,
)
from assets.custody.models import Custody, UsageEntry
from assets.disposals.models import Appraisal, Disposal, DisposalLine
from assets.downtime.models import Downtime
from assets.meters.models import Meter, MeterFit, MeterReading, ReadingVoid
from assets.models.catalogue import CategoryAttribute, EquipmentCategory, EquipmentModel
from assets.models.equipment import Equipment
from assets.models.lock import UseLock
from assets.proposals.models import ProposalLine, RenewalProposal
from assets.renewal.models import ConditionGrade, PriceIndex, RenewalItem, RenewalWeights
from assets.safety.models import SafetyGroup, Substitution, TakenOut
from assets.supply.models import CriticalLoad, Supply
from assets.transfers.models import Transfer, TransferLine

__all__ = [
    "Appraisal",
    "CategoryAttribute",
    "Census",
    "CensusLine",
    "ConditionGrade",
    "CriticalLoad",
    "Custody",
    "Disposal",
    "DisposalLine",
    "Downtime",
    "Equipment",
    "EquipmentCategory",
    "EquipmentModel",
    "Meter",
    "MeterFit",
    "MeterReading",
    "PriceIndex",
    "ProposalLine",
    "ReadingVoid",
    "RenewalItem",
    "RenewalProposal",
    "RenewalWeights",
    "Requirement",
    "SafetyGroup",
    "Scheme",
    "SchemeFigure",
    "SchemeInterval",
    "SchemeRule",
    "SchemeVersion",
    "StatutoryRecord",
    "Substitution",
    "Supply",
    "TakenOut",
    "Transfer",
    "TransferLine",
    "UsageEntry",
    "UseLock",
]
