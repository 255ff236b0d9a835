"""Standing wishes: agents state, replace and take away their own, planners read an agent's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import Weekday, day_of
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.preferences import store
from shiftline.workforce.preferences.errors import StaleVersion, StandingWishNotFound
from shiftline.workforce.preferences.events import StandingWishChanged
from shiftline.workforce.preferences.model import ContractConflict, Family, Kind, Level, StandingWish
from shiftline.workforce.preferences.operations.contract import check_standing_wish
from shiftline.workforce.preferences.operations.settings import check_enabled
from shiftline.workforce.preferences.operations.stating import CHANGE_OWN, SEE, SEE_OWN
from shiftline.workforce.preferences.rules.standing import check_standing
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agent, find_agents

FAMILY = Family.PREFERENCES


@dataclass(frozen=True, slots=True)
class StandingDraft:
    """A standing wish as asked for. ``valid_from`` None: from today on, where the agent works."""

    kind: Kind
    level: Level
    valid_from: date | None = None
    valid_until: date | None = None
    days: tuple[Weekday, ...] = ()
    earliest_start_minutes: int | None = None
    latest_start_minutes: int | None = None
    partner_ids: tuple[str, ...] = ()
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A standing wish as it stands, and what of it contradicts the contract."""

    wish: StandingWish
    conflicts: tuple[ContractConflict, ...] = ()


async def list_own_standing(context: Context) -> list[StandingWish]:
    """The caller's standing wishes, also those of the past. Raises AgentNotFound."""
    require(context, *SEE_OWN[FAMILY])
    async with context.reader() as reader:
        await find_agent(reader, context.organization_id, own_person_id(context))
        return await _list(reader, context.organization_id, own_person_id(context))


async def list_standing_of(context: Context, person_id: str) -> list[StandingWish]:
    """An agent's standing wishes. Raises AgentNotFound."""
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
        require(context, SEE[FAMILY], division_id=agent.division_id)
        return await _list(reader, context.organization_id, person_id)


async def state_standing(context: Context, draft: StandingDraft) -> tuple[Stated, bool]:
    """The caller states a standing wish: as it stands, and whether it is new; the same again is the same.

    Raises AgentNotFound, WishesDisabled, Invalid naming fields, ContractContradicted.
    """
    require(context, *CHANGE_OWN[FAMILY])
    async with context.transaction() as tx:
        agent, standing = await _open(tx)
        wish = _draw_up(tx, agent, draft, new_id(), 1)
        same = next((each for each in standing if _is_same(each, wish)), None)
        if same is not None:
            return Stated(same, await check_standing_wish(tx, agent, same)), False
        return await _put(tx, agent, wish, standing), True


async def replace_standing(context: Context, wish_id: str, draft: StandingDraft, version: int) -> Stated:
    """The caller replaces a standing wish at the version that they have read; the same again changes nothing.

    Raises StandingWishNotFound, StaleVersion, and as ``state_standing``.
    """
    require(context, *CHANGE_OWN[FAMILY])
    async with context.transaction() as tx:
        agent, standing = await _open(tx)
        current = _find(standing, wish_id)
        wish = _draw_up(tx, agent, draft, wish_id, current.version + 1)
        if _is_same(current, wish):
            return Stated(current, await check_standing_wish(tx, agent, current))
        if current.version != version:
            raise StaleVersion(current, version)
        return await _put(tx, agent, wish, [each for each in standing if each.id != wish_id])


async def remove_standing(context: Context, wish_id: str, version: int) -> None:
    """The caller takes a standing wish away. Raises StandingWishNotFound, StaleVersion."""
    require(context, *CHANGE_OWN[FAMILY])
    async with context.transaction() as tx:
        person_id = own_person_id(context)
        await store.queue_changes(tx, person_id)
        current = _find(await _list(tx, context.organization_id, person_id), wish_id)
        if current.version != version:
            raise StaleVersion(current, version)
        await store.remove_standing_wish(tx, current)
        tx.record(
            StandingWishChanged(
                organization_id=context.organization_id, person_id=person_id, wish=current, active=False
            )
        )


async def _open(tx: Transaction) -> tuple[Agent, list[StandingWish]]:
    organization_id, person_id = tx.context.organization_id, own_person_id(tx.context)
    agent = await find_agent(tx, organization_id, person_id)
    await check_enabled(tx, person_id, FAMILY)
    await store.queue_changes(tx, person_id)
    return agent, await _list(tx, organization_id, person_id)


async def _list(reader: Reader, organization_id: str, person_id: str) -> list[StandingWish]:
    return await store.list_standing_wishes(reader, organization_id, [person_id], (None, None))


def _find(standing: Sequence[StandingWish], wish_id: str) -> StandingWish:
    for wish in standing:
        if wish.id == wish_id:
            return wish
    raise StandingWishNotFound(wish_id)


def _draw_up(tx: Transaction, agent: Agent, draft: StandingDraft, wish_id: str, version: int) -> StandingWish:
    return StandingWish(
        id=wish_id,
        person_id=agent.person_id,
        kind=draft.kind,
        level=draft.level,
        valid_from=draft.valid_from or day_of(tx.context.now(), agent.zone),
        valid_until=draft.valid_until,
        days=draft.days,
        earliest_start_minutes=draft.earliest_start_minutes,
        latest_start_minutes=draft.latest_start_minutes,
        partner_ids=tuple(dict.fromkeys(draft.partner_ids)),
        notes=draft.notes,
        version=version,
        changed_by=tx.context.actor.id,
        changed_at=tx.context.now(),
    )


def _is_same(one: StandingWish, two: StandingWish) -> bool:
    kept = {"id": one.id, "version": one.version, "changed_by": one.changed_by, "changed_at": one.changed_at}
    return replace(two, **kept) == one


async def _put(tx: Transaction, agent: Agent, wish: StandingWish, others: Sequence[StandingWish]) -> Stated:
    organization_id = tx.context.organization_id
    colleagues = await find_agents(tx, organization_id, list(wish.partner_ids)) if wish.partner_ids else {}
    near = {each.person_id for each in colleagues.values() if each.business_unit_id == agent.business_unit_id}
    check_standing(wish, others, near, day_of(tx.context.now(), agent.zone))
    conflicts = await check_standing_wish(tx, agent, wish)
    await store.put_standing_wish(tx, wish)
    tx.record(StandingWishChanged(organization_id=organization_id, person_id=agent.person_id, wish=wish, active=True))
    return Stated(wish, conflicts)
