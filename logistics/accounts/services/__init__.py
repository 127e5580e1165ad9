"""Verbs over people: granting and ending roles, deputising, leaving, passwords; and the answers to who, where and why."""
from logistics.accounts.services.delegations import delegate, end_delegation
from logistics.accounts.services.explaining import Explanation, explain
from logistics.accounts.services.grants import end_grant, grant_role, grantable_roles
from logistics.accounts.services.holding import HeldRole, MatrixRow, held_roles, holders, role_matrix, roles_of
from logistics.accounts.services.people import (
    change_password,
    end_membership,
    follow_main_memberships,
    forget_old_sign_ins,
    join_department,
    leave,
    let_leavers_go,
    may_set_password,
    open_duties,
    reactivate,
    set_start_password,
    sign_out_everywhere,
    suspend,
)
from logistics.accounts.services.tokens import find_token, issue_token, may_issue_token, scope_label, service_accounts

__all__ = [
    "Explanation", "HeldRole", "MatrixRow", "change_password", "delegate", "end_delegation", "end_grant", "end_membership", "explain",
    "find_token", "follow_main_memberships", "forget_old_sign_ins", "grant_role", "grantable_roles", "held_roles", "holders",
    "issue_token", "join_department", "leave", "let_leavers_go", "may_issue_token", "may_set_password", "open_duties", "reactivate",
    "role_matrix", "roles_of", "scope_label", "service_accounts", "set_start_password", "sign_out_everywhere", "suspend",
]
