"""Divisions, roles, grants."""

from dataclasses import dataclass
from datetime import datetime

EVERY_DIVISION = "*"
SOFTPHONE = "webRTC:enable"


@dataclass(frozen=True, slots=True)
class Division:
    """A part of the organization for which permissions can be granted."""

    id: str
    name: str
    description: str | None
    home: bool
    version: int


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    id: str
    name: str
    description: str | None
    default_role_id: str | None
    permissions: tuple[str, ...]
    version: int
    user_count: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """A subject's role in a division (``*``: everywhere), since when and by whom."""

    subject_id: str
    role: Role
    division_id: str
    division_name: str | None
    home: bool
    since: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """What a role shall be."""

    name: str
    description: str | None
    permissions: tuple[str, ...]
    default_role_id: str | None = None
    id: str | None = None
