"""When the worker last looked for rings of trades by itself, in PostgreSQL, and what the market was then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shiftline.foundation.database import Queries, Reader, Transaction
from shiftline.workforce.trades.model import TradeSettings

SQL = Queries.beside(__file__, "searches.sql")


@dataclass(frozen=True, slots=True)
class Watched:
    """A management unit that says how often rings are looked for; ``looked_at``: when that last was in its business unit."""

    organization_id: str
    business_unit_id: str
    management_unit_id: str
    settings: TradeSettings
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Last:
    """The last search of a business unit, and a mark of what the market was when it was last looked at."""

    market: str
    searched_at: datetime


async def list_watched(reader: Reader) -> list[Watched]:
    """All active management units of all organizations that ask for it."""
    return [
        Watched(
            row["organization_id"],
            row["business_unit_id"],
            row["id"],
            TradeSettings.of(row["settings"]),
            row["looked_at"],
        )
        for row in await reader.all(SQL["list_watched"], {})
    ]


async def weigh_market(
    reader: Reader, organization_id: str, business_unit_id: str, weeks: Sequence[date], unit_ids: Sequence[str]
) -> str:
    """A mark that changes with the open offers of some weeks, with who would work more, when a ring comes to nothing, and
    with which management units are searched.
    """
    parameters = {
        "organization_id": organization_id,
        "business_unit_id": business_unit_id,
        "management_unit_ids": list(unit_ids),
        "week_dates": list(weeks),
    }
    row = await reader.one(SQL["weigh_market"], parameters)
    assert row is not None
    return row["market"]


async def find_last(reader: Reader, organization_id: str, business_unit_id: str) -> Last | None:
    """The last search of a business unit."""
    parameters = {"organization_id": organization_id, "business_unit_id": business_unit_id}
    row = await reader.one(SQL["find_last"], parameters)
    return None if row is None else Last(row["market"], row["searched_at"])


async def keep_last(tx: Transaction, business_unit_id: str, last: Last) -> None:
    """A business unit was looked at now."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "business_unit_id": business_unit_id,
        "market": last.market,
        "searched_at": last.searched_at,
        "now": tx.context.now(),
    }
    await tx.execute(SQL["keep_last"], parameters)
