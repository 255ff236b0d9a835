"""Divisions, roles and grants in the vendor's shapes."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from shiftline.authorization.model import EVERY_DIVISION, Division, Grant, Role, RoleDraft
from shiftline.foundation.web.wire import Identifier, LongText, ShortText, Wire

DIVISIONS = "/api/v2/authorization/divisions"
ROLES = "/api/v2/authorization/roles"
Action = Annotated[str, Meta(max_length=60, pattern=r"^[^:\s\x00]+$")]
GrantId = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9_.:@-]*)$")]


class AuthzDivision(Wire):
    """The vendor's AuthzDivision."""

    name: Annotated[ShortText, Meta(min_length=1)] = ""
    id: str | None = None
    description: LongText | None = None
    home_division: bool | None = None
    self_uri: str | None = None


class PermissionPolicy(Wire):
    """The vendor's DomainPermissionPolicy: permissions of one domain and entity."""

    domain: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^:\s\x00]+$")]
    entity_name: Annotated[str, Meta(max_length=60, pattern=r"^[^:\s\x00]*$")] | None = None
    action_set: Annotated[
        list[Annotated[str, Meta(max_length=60, pattern=r"^[^:\s\x00]+$")]], Meta(max_length=100)
    ] = []
    policy_name: str | None = None
    allow_conditions: bool | None = None


class DomainOrganizationRole(Wire):
    """The vendor's role; ``permissions`` lists ``domain:entity:action`` texts, ``permissionPolicies`` says the same."""

    name: Annotated[ShortText, Meta(min_length=1)] = ""
    id: Identifier | None = None
    description: LongText | None = None
    default_role_id: str | None = None
    permissions: Annotated[list[ShortText], Meta(max_length=1000)] | None = None
    permission_policies: Annotated[list[PermissionPolicy], Meta(max_length=1000)] | None = None
    user_count: int | None = None
    default: bool | None = None
    base: bool | None = None
    version: int | None = None
    self_uri: str | None = None


class AuthzGrantPolicy(Wire):
    """What a role in a grant allows."""

    domain: str
    entity_name: str
    actions: list[str]


class AuthzGrantRole(Wire):
    """A role in a grant."""

    id: str
    name: str
    description: str | None = None
    policies: list[AuthzGrantPolicy] | None = None
    default: bool | None = None
    self_uri: str | None = None


class AuthzGrant(Wire):
    """A role that a subject has in a division."""

    subject_id: str
    division: AuthzDivision
    role: AuthzGrantRole
    grant_made_at: datetime


class AuthzSubject(Wire):
    """A person or client with their grants."""

    id: str
    name: str
    grants: list[AuthzGrant]
    version: int
    self_uri: str


class RoleDivisionPair(Wire):
    """A role in a division; ``*`` stands for every division."""

    role_id: Identifier
    division_id: Action = Annotated[str, Meta(max_length=60, pattern=r"^[^:\s\x00]+$")]


GrantId = EVERY_DIVISION


class RoleDivisionGrants(Wire):
    """Roles to give, take or set."""

    grants: Annotated[list[RoleDivisionPair], Meta(max_length=500)]


class UserAuthorization(Wire):
    """A person's roles and their permissions."""

    roles: list[DomainOrganizationRole]
    permissions: list[str]
    permission_policies: list[PermissionPolicy]


def to_division(division: Division) -> AuthzDivision:
    """A division."""
    return AuthzDivision(
        id=division.id,
        name=division.name,
        description=division.description,
        home_division=division.home,
        self_uri=f"{DIVISIONS}/{division.id}",
    )


def to_policies(permissions: tuple[str, ...]) -> list[PermissionPolicy]:
    """Permissions grouped by domain and entity. ``webRTC:enable`` has no entity: its action stands alone."""
    grouped: dict[tuple[str, str | None], list[str]] = {}
    for permission in permissions:
        parts = permission.split(":")
        key = (parts[0], parts[1] if len(parts) > 2 else None)  # noqa: PLR2004 - domain:entity:action
        grouped.setdefault(key, []).append(parts[-1])
    return [
        PermissionPolicy(domain=domain, entity_name=entity, action_set=actions)
        for (domain, entity), actions in grouped.items()
    ]


def from_policies(policies: list[PermissionPolicy]) -> tuple[str, ...]:
    """The permissions that policies stand for."""
    return tuple(
        ":".join(part for part in (policy.domain, policy.entity_name, action) if part)
        for policy in policies
        for action in policy.action_set
    )


def to_role(role: Role) -> DomainOrganizationRole:
    """A role."""
    return DomainOrganizationRole(
        id=role.id,
        name=role.name,
        description=role.description,
        default_role_id=role.default_role_id,
        permissions=list(role.permissions),
        permission_policies=to_policies(role.permissions),
        user_count=role.user_count,
        default=role.default_role_id is not None,
        base=False,
        version=role.version,
        self_uri=f"{ROLES}/{role.id}",
    )


def to_draft(body: DomainOrganizationRole) -> RoleDraft:
    """What a role shall be: its ``permissions`` and ``permissionPolicies`` together."""
    permissions = (*(body.permissions or ()), *from_policies(body.permission_policies or []))
    return RoleDraft(
        id=body.id,
        name=body.name,
        description=body.description,
        permissions=tuple(dict.fromkeys(permissions)),
        default_role_id=body.default_role_id,
    )


def to_grant(grant: Grant) -> AuthzGrant:
    """A grant; the division ``*`` is every division."""
    every = grant.division_id == EVERY_DIVISION
    policies = [
        AuthzGrantPolicy(domain=policy.domain, entity_name=policy.entity_name or "", actions=policy.action_set)
        for policy in to_policies(grant.role.permissions)
    ]
    return AuthzGrant(
        subject_id=grant.subject_id,
        division=AuthzDivision(
            id=grant.division_id,
            name="All divisions" if every else grant.division_name or grant.division_id,
            home_division=grant.home,
        ),
        role=AuthzGrantRole(
            id=grant.role.id,
            name=grant.role.name,
            description=grant.role.description,
            policies=policies,
            self_uri=f"{ROLES}/{grant.role.id}",
        ),
        grant_made_at=grant.since,
    )


def to_subject(subject_id: str, grants: list[Grant]) -> AuthzSubject:
    """A subject with their grants."""
    return AuthzSubject(
        id=subject_id,
        name=subject_id,
        grants=[to_grant(grant) for grant in grants],
        version=len(grants),
        self_uri=f"/api/v2/authorization/subjects/{subject_id}",
    )


def to_user_authorization(grants: list[Grant]) -> UserAuthorization:
    """A person's roles, each once, and all their permissions."""
    roles = list({grant.role.id: grant.role for grant in grants}.values())
    permissions = tuple(sorted({permission for role in roles for permission in role.permissions}))
    return UserAuthorization(
        roles=[to_role(role) for role in roles],
        permissions=list(permissions),
        permission_policies=to_policies(permissions),
    )
