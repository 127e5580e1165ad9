"""Who is who, who belongs where, who holds which role and who acts for whom."""
from logistics.accounts.models.department import Department, Membership
from logistics.accounts.models.grant import Delegation, RoleGrant
from logistics.accounts.models.organisation import Organisation
from logistics.accounts.models.person import Person
from logistics.accounts.models.sign_in import SignInEvent
from logistics.accounts.models.token import ApiToken

__all__ = ["ApiToken", "Delegation", "Department", "Membership", "Organisation", "Person", "RoleGrant", "SignInEvent"]
