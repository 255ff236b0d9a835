"""Who has which plan: their own, and those of single weeks."""

from collections.abc import Collection, Sequence

import msgspec

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.workforce.units.rules.periods import periods_of
from shiftline.workforce.workplans.model.agents import Override
from shiftline.workforce.workplans.rules.choosing import AgentPlans, Turn
from shiftline.workforce.workplans.store.plans import mark

SQL = Queries.beside(__file__)


def _agent_plans(row: Row) -> AgentPlans:
    return AgentPlans(
        own=row["own"],
        overrides=msgspec.convert(row["overrides"], tuple[Override, ...]),
        turns=msgspec.convert(row["turns"], tuple[Turn, ...]),
        periods=periods_of(row["management_unit_settings"]),
    )


async def find_agent_plans(reader: Reader, organization_id: str, person_ids: Collection[str]) -> dict[str, AgentPlans]:
    """What decides which plans agents have, by person, without the plans themselves."""
    parameters = {"organization_id": organization_id, "person_ids": list(person_ids)}
    return {row["person_id"]: _agent_plans(row) for row in await reader.all(SQL["find_agent_plans"], parameters)}


async def put_agent_plans(tx: Transaction, person_ids: Collection[str], work_plan_id: str | None) -> list[str]:
    """Give people a plan, or none; those for whom that changed something."""
    parameters = {**mark(tx), "person_ids": list(person_ids), "work_plan_id": work_plan_id}
    return [row["person_id"] for row in await tx.all(SQL["put_agent_plans"], parameters)]


async def lock_overrides(
    tx: Transaction, management_unit_id: str, person_ids: Collection[str]
) -> dict[str, tuple[tuple[Override, ...], tuple[Override, ...]]]:
    """By person the overrides that stay as they are until the end of the transaction: of a management unit, and of others."""
    await tx.one(SQL["hold_agents"], {**mark(tx), "person_ids": list(person_ids)})
    found: dict[str, tuple[list[Override], list[Override]]] = {}
    for row in await tx.all(SQL["find_overrides"], {**mark(tx), "person_ids": list(person_ids)}):
        here, elsewhere = found.setdefault(row["person_id"], ([], []))
        override = Override(row["start_date"], row["week_count"], row["work_plan_id"])
        (here if row["management_unit_id"] == management_unit_id else elsewhere).append(override)
    return {person_id: (tuple(here), tuple(elsewhere)) for person_id, (here, elsewhere) in found.items()}


async def replace_overrides(tx: Transaction, person_id: str, gone: Sequence[Override], put: Sequence[Override]) -> None:
    """Take overrides away, and store new and changed ones of an agent whose overrides are locked."""
    who = {**mark(tx), "person_id": person_id}
    if gone:
        await tx.execute(SQL["drop_overrides"], {**who, "starts": [each.start for each in gone]})
    if put:
        values = {
            "starts": [each.start for each in put],
            "weeks": [each.weeks for each in put],
            "work_plan_ids": [each.work_plan_id for each in put],
        }
        await tx.execute(SQL["put_overrides"], {**who, **values})
