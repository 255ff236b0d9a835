"""What happened to divisions, roles and grants."""

from dataclasses import dataclass

from shiftline.foundation.events import event


@event("authorization.role.changed", service="Authorization", entity=("Role", "role_id"), affects_access=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged:
    """A role was made, changed or removed; its holders' permissions may have changed."""

    organization_id: str
    role_id: str
    name: str
    permissions: tuple[str, ...]
    active: bool
    person_id: str | None = None


@event("authorization.grant.changed", service="Authorization", entity=("Subject", "person_id"), affects_access=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class GrantChanged:
    """A subject gained or lost a role in a division. ``person_id`` is the subject, a client's id for a client."""

    organization_id: str
    person_id: str
    role_id: str
    division_id: str
    active: bool


@event("authorization.division.changed", service="Authorization", entity=("Division", "division_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionChanged:
    """A division was made or renamed."""

    organization_id: str
    division_id: str
    name: str
