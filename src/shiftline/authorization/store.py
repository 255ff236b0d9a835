"""Divisions, roles and grants in PostgreSQL."""

from collections.abc import Collection

from shiftline.authorization import rules
from shiftline.authorization.model import GRANT, Division, Grant, Granter, Role, RoleDraft
from shiftline.foundation.database import Queries, Reader, Row, Transaction

SQL = Queries.beside(__file__)


def _role(row: Row) -> Role:
    return Role(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        default_role_id=row["default_role_id"],
        permissions=tuple(row["permissions"]),
        version=row["version"],
        user_count=row.get("user_count", 0),
    )


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


async def list_divisions(reader: Reader, organization_id: str) -> list[Division]:
    """All divisions, the home division first."""
    rows = await reader.all(SQL["list_divisions"], {"organization_id": organization_id})
    return [Division(**row) for row in rows]


async def insert_division(tx: Transaction, division: Division) -> Division | None:
    """A new division, or None when the id is taken."""
    values = {"id": division.id, "name": division.name, "description": division.description, "home": division.home}
    row = await tx.one(SQL["insert_division"], {**_mark(tx), **values})
    return None if row is None else Division(**row)


async def update_division(tx: Transaction, division_id: str, name: str, description: str | None) -> Division | None:
    """A changed division, or None when there is none."""
    values = {"id": division_id, "name": name, "description": description}
    row = await tx.one(SQL["update_division"], {**_mark(tx), **values})
    return None if row is None else Division(**row)


async def list_roles(
    reader: Reader, organization_id: str, *, ids: Collection[str] | None = None, name: str | None = None
) -> list[Role]:
    """The active roles by name; ``name`` may hold ``*`` as wildcard."""
    pattern = None if name is None else name.replace("%", r"\%").replace("_", r"\_").replace("*", "%")
    parameters = {
        "organization_id": organization_id,
        "ids": None if ids is None else list(ids),
        "name": pattern,
    }
    return [_role(row) for row in await reader.all(SQL["list_roles"], parameters)]


async def insert_role(tx: Transaction, role_id: str, draft: RoleDraft) -> Role | None:
    """A new role, or None when the id is taken."""
    values = {
        "id": role_id,
        "name": draft.name,
        "description": draft.description,
        "default_role_id": draft.default_role_id,
        "permissions": list(draft.permissions),
    }
    row = await tx.one(SQL["insert_role"], {**_mark(tx), **values})
    return None if row is None else _role(row)


async def update_role(tx: Transaction, role_id: str, draft: RoleDraft, *, active: bool = True) -> Role | None:
    """A changed role, or None when there is none."""
    values = {
        "id": role_id,
        "name": draft.name,
        "description": draft.description,
        "permissions": list(draft.permissions),
        "active": active,
    }
    row = await tx.one(SQL["update_role"], {**_mark(tx), **values})
    return None if row is None else _role(row)


async def set_grant(tx: Transaction, subject_id: str, role_id: str, division_id: str, *, active: bool) -> bool:
    """Give or take a role in a division; whether that changed anything."""
    values = {"subject_id": subject_id, "role_id": role_id, "division_id": division_id, "active": active}
    return await tx.one(SQL["set_grant"], {**_mark(tx), **values}) is not None


async def list_grants(
    reader: Reader, organization_id: str, *, subject_ids: Collection[str] | None = None, role_id: str | None = None
) -> list[Grant]:
    """Who holds what where."""
    parameters = {
        "organization_id": organization_id,
        "subject_ids": None if subject_ids is None else list(subject_ids),
        "role_id": role_id,
    }
    rows = await reader.all(SQL["list_grants"], parameters)
    return [
        Grant(
            subject_id=row["subject_id"],
            role=_role(row),
            division_id=row["division_id"],
            division_name=row["division_name"],
            home=row["home"],
            since=row["since"],
            changed_by=row["changed_by"],
        )
        for row in rows
    ]


async def lock_granters(tx: Transaction) -> None:
    """From here to the end of the transaction nobody else takes away who may grant roles."""
    await tx.one(SQL["lock_granters"], {"organization_id": tx.context.organization_id})


async def list_granters(tx: Transaction) -> list[Granter]:
    """Who is active and may grant roles, and where."""
    parameters = {"organization_id": tx.context.organization_id, "permission": GRANT}
    return [
        Granter(row["subject_id"], row["name"], row["division_id"])
        for row in await tx.all(SQL["list_granters"], parameters)
        if any(rules.covers(held, GRANT) for held in row["permissions"])
    ]
