"""The people who keep the school running: who they are, what they can, when they are on duty."""
from staff.models.certificate import Certificate, CertificateType
from staff.models.member import Skill, StaffMember, StaffSkill
from staff.models.roster import Duty, Leave, RosterPeriod

__all__ = ["Certificate", "CertificateType", "Duty", "Leave", "RosterPeriod", "Skill", "StaffMember", "StaffSkill"]
