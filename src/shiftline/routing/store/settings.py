"""The settings of routing in PostgreSQL."""

import msgspec
from psycopg.types.json import Json

from shiftline.foundation.database import Reader, Transaction
from shiftline.routing.model.utilization import RoutingSettings
from shiftline.routing.store.statements import SQL, mark


async def find_settings(reader: Reader, organization_id: str) -> RoutingSettings:
    """The organization's settings, or the defaults."""
    row = await reader.one(SQL["find_settings"], {"organization_id": organization_id})
    return RoutingSettings() if row is None else msgspec.convert(row, RoutingSettings)


async def lock_settings(tx: Transaction) -> None:
    """Let nobody else change the settings until the transaction ends."""
    await tx.all(SQL["lock_settings"], mark(tx))


async def put_settings(tx: Transaction, settings: RoutingSettings) -> int:
    """Write the settings: their new version."""
    values = {
        "reset_agent_score_on_presence_change": settings.reset_agent_score_on_presence_change,
        "utilization": Json(settings.utilization),
    }
    row = await tx.one(SQL["put_settings"], {**mark(tx), **values})
    assert row is not None
    version: int = row["version"]
    return version
