"""An agent's calendar subscription: a secret address, made anew at will, by which a calendar reads the shifts in force."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Final

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import Interval
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.schedule.errors import FeedNotFound
from shiftline.workforce.schedule.events import CalendarFeedChanged
from shiftline.workforce.schedule.rules.calendars import Owner, write_calendar
from shiftline.workforce.schedule.store import feeds
from shiftline.workforce.units.model import ActivityCode
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agents

PERMISSION: Final = "wfm:agentSchedule:view"
BACK: Final = timedelta(weeks=4)
AHEAD: Final = timedelta(weeks=26)
_PATTERNS = [":".join(parts) for parts in product(*((part, "*") for part in PERMISSION.split(":")))]


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed's secret address, told this once, and since when it holds."""

    token: str
    created_at: datetime


async def renew_own_feed(context: Context) -> NewFeed:
    """A new address for the caller's calendar; the one before reads nothing any more. Raises PermissionMissing, Invalid."""
    require(context, PERMISSION)
    person_id = own_person_id(context)
    secret = secrets.token_urlsafe(32)
    async with context.transaction() as tx:
        await feeds.put_feed(tx, person_id, _digest(secret))
        tx.record(CalendarFeedChanged(organization_id=context.organization_id, person_id=person_id, active=True))
    # The address carries the organization: a calendar shows nothing but the address.
    return NewFeed(f"{secret}.{context.organization_id}", context.now())


async def find_own_feed(context: Context) -> datetime | None:
    """Since when the caller's calendar has its address; None: it has none."""
    require(context, PERMISSION)
    person_id = own_person_id(context)
    async with context.reader() as reader:
        return await feeds.find_feed(reader, context.organization_id, person_id)


async def revoke_own_feed(context: Context) -> None:
    """End the caller's calendar's address; nothing happens when it has none."""
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        if await feeds.delete_feed(tx, person_id):
            tx.record(CalendarFeedChanged(organization_id=context.organization_id, person_id=person_id, active=False))


async def read_calendar(context: Context, token: str) -> str:
    """The calendar that a secret address stands for: four weeks back, half a year ahead. Raises FeedNotFound: never made,
    made anew, revoked, or its owner is not active or may not see their shifts any more.
    """
    secret, _, organization_id = token.partition(".")
    now = context.now()
    async with context.reader() as reader:
        found = await feeds.find_owner(reader, organization_id, _digest(secret), _PATTERNS)
        if found is None:
            raise FeedNotFound
        span = Interval(now - BACK, now + AHEAD)
        shifts, days = await feeds.read_feed(reader, organization_id, found.person_id, span)
        agent = (await find_agents(reader, organization_id, [found.person_id])).get(found.person_id)
        units = {each.business_unit_id for each in (*shifts, *days)}
        codes = await _find_codes(reader, organization_id, units)
    owner = Owner(organization_id, found.person_id, found.name, None if agent is None else agent.zone)
    return write_calendar(owner, shifts, days, codes)


async def _find_codes(reader: Reader, organization_id: str, units: Iterable[str]) -> dict[str, dict[str, ActivityCode]]:
    return {unit: dict((await find_activity_codes(reader, organization_id, unit)).codes) for unit in units}


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
