"""Divisions, roles and permissions on the wire.

The vendor tells a role's permissions as policies: the actions that are allowed on an entity. A permission that has no
action, such as ``webRTC:enable``, stands in the role's ``permissions``; there any permission may be sent.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, TypeAlias

from msgspec import Meta

from shiftline.authorization.errors import PermissionUnknown
from shiftline.authorization.model import ENFORCED, SOFTPHONE, Division, Role, RoleDraft
from shiftline.authorization.rules import by_entity, is_permission
from shiftline.foundation.web.wire import Identifier, LongText, ShortText, Wire

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Words: TypeAlias = Annotated[tuple[ShortText, ...], Meta(max_length=1000)]


class AuthzDivision(Wire):
    """A division."""

    id: str
    name: str
    home_division: bool
    self_uri: str
    description: str | None = None


class DivisionDraft(Wire):
    """A division to be."""

    name: Name
    description: LongText | None = None
    id: Identifier | None = None


class PermissionPolicy(Wire):
    """The actions that are allowed on an entity; ``*`` stands for every entity or action."""

    domain: ShortText
    entity_name: ShortText
    action_set: Words = ()
    policy_name: ShortText | None = None
    policy_description: LongText | None = None


class OrganizationRole(Wire):
    """A role."""

    id: str
    name: str
    permissions: list[str]
    permission_policies: list[PermissionPolicy]
    default: bool
    base: bool
    self_uri: str
    description: str | None = None
    default_role_id: str | None = None
    user_count: int | None = None


class OrganizationRoleDraft(Wire):
    """A role to be; its permissions are those of both lists."""

    name: Name
    description: LongText | None = None
    default_role_id: Identifier | None = None
    permissions: Words = ()
    permission_policies: Annotated[tuple[PermissionPolicy, ...], Meta(max_length=1000)] = ()

    def draft(self) -> RoleDraft:
        """The role it asks for. Raises PermissionUnknown naming the field."""
        permissions: dict[str, None] = {}
        for field, text in self._texts():
            if not is_permission(text):
                raise PermissionUnknown(field, text)
            permissions[text] = None
        return RoleDraft(self.name, self.description, tuple(permissions), self.default_role_id)

    def _texts(self) -> Iterator[tuple[str, str]]:
        for index, text in enumerate(self.permissions):
            yield f"permissions[{index}]", text
        for index, policy in enumerate(self.permission_policies):
            for action in policy.action_set:
                yield f"permissionPolicies[{index}]", f"{policy.domain}:{policy.entity_name}:{action}"


class DomainPermission(Wire):
    """One permission that is enforced."""

    domain: str
    entity_type: str
    action: str
    label: str
    allows_conditions: bool


class PermissionCollection(Wire):
    """A domain's permissions by entity."""

    id: str
    name: str
    domain: str
    permission_map: dict[str, list[DomainPermission]]


def division(model: Division) -> AuthzDivision:
    """A division as everybody sees it."""
    return AuthzDivision(
        id=model.id,
        name=model.name,
        home_division=model.home,
        self_uri=f"/api/v2/authorization/divisions/{model.id}",
        description=model.description,
    )


def role(model: Role) -> OrganizationRole:
    """A role and what is in it."""
    return OrganizationRole(
        id=model.id,
        name=model.name,
        permissions=[permission for permission in model.permissions if permission.count(":") == 1],
        permission_policies=[
            PermissionPolicy(domain=domain, entity_name=entity, action_set=tuple(actions))
            for (domain, entity), actions in by_entity(model.permissions).items()
        ],
        default=model.default_role_id is not None,
        base=False,
        self_uri=f"/api/v2/authorization/roles/{model.id}",
        description=model.description,
        default_role_id=model.default_role_id,
        user_count=model.user_count,
    )


def permission_collections() -> Sequence[PermissionCollection]:
    """Every permission that is enforced, by domain."""
    domains = {
        domain: {
            entity: [_permission(domain, entity, action) for action in actions] for entity, actions in kinds.items()
        }
        for domain, kinds in ENFORCED.items()
    }
    softphone, _, enable = SOFTPHONE.partition(":")
    domains[softphone] = {"": [_permission(softphone, "", enable)]}
    return [
        PermissionCollection(id=domain, name=domain, domain=domain, permission_map=kinds)
        for domain, kinds in sorted(domains.items())
    ]


def _permission(domain: str, entity: str, action: str) -> DomainPermission:
    return DomainPermission(
        domain=domain,
        entity_type=entity,
        action=action,
        label=":".join(part for part in (domain, entity, action) if part),
        allows_conditions=False,
    )
