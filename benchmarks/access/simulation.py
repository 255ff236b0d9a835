"""What if the shift rule were switched on: everybody over a week, beside judging each instant by the one read of enforcement."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median

from benchmarks.installation import make_accounts
from benchmarks.publishing import bare_database, make_organization, publish
from benchmarks.registry import Outcome, bench, say
from benchmarks.week import first_day, make_unit, week_file
from shiftline.access.model.simulations import Foreseen, SettingsChange, Simulation, Trial
from shiftline.access.operations.deciding import foresee_access_in
from shiftline.access.operations.simulating import simulate
from shiftline.apps import rooms
from shiftline.foundation.context import Context
from shiftline.foundation.database import Database
from shiftline.identity.operations.organizations import change_tenant_settings

AGENTS = 2000
DAYS = 7
REPEATS = 5
CHECKS = 10_000
SECONDS = 10.0


@bench(
    "simulation",
    group="access",
    bar=f"the shift rule tried on {AGENTS:,} agents over a week in under {SECONDS:g} s (median of {REPEATS}), and every one of "
    f"{CHECKS:,} random instants as enforcement has it once the rule is on",
)
def simulation() -> Outcome:
    """Simulate, switch the rule on in earnest, and ask the read that enforces."""
    with bare_database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> Outcome:
    rooms.load("events")
    database = Database(url)
    await database.open()
    context = await make_organization(database)
    accounts = await make_accounts(context, AGENTS)
    people = [account.person_id for account in accounts]
    unit_id = await make_unit(context, accounts)
    for number in (0, 1):
        first = first_day(datetime.now(UTC).date(), number)
        await publish(context, unit_id, first, week_file(people, first))
    change = SettingsChange("changes[0]", softphone_within_shift=True, shift_margin_minutes=15)
    spans: list[float] = []
    found: Simulation | None = None
    for number in range(REPEATS):
        began = time.perf_counter()
        found = await simulate(context, Trial((change,), context.now() + timedelta(days=DAYS)))
        spans.append(time.perf_counter() - began)
        say(f"run {number + 1}: {spans[-1]:.2f} s, {found.instants:,} instants, {len(found.foreseen):,} flips")
    assert found is not None
    await change_tenant_settings(context, softphone_within_shift=True, shift_margin_minutes=15)
    say(f"the rule is on: asking enforcement {CHECKS:,} times")
    wrong, seconds = await _compare(context, found, people)
    await database.close()
    figures = {
        "seconds": round(median(spans), 2),
        "agents": found.people,
        "instants": found.instants,
        "flips": len(found.foreseen),
        "checked": CHECKS,
        "wrong": wrong,
    }
    each = seconds / CHECKS
    peer = {"name": "one read for each instant", "seconds": round(each * found.instants * 2, 1)}
    return Outcome(figures, peer, holds=median(spans) < SECONDS and wrong == 0)


async def _compare(context: Context, found: Simulation, people: Sequence[str]) -> tuple[int, float]:
    """How many of random people and instants enforcement judges otherwise than was foreseen; and the seconds it took to ask."""
    flips: dict[str, list[Foreseen]] = {}
    for each in found.foreseen:
        flips.setdefault(each.person_id, []).append(each)
    random, wrong = Random(20231027), 0
    span = (found.until - found.since).total_seconds()
    began = time.perf_counter()
    async with context.reader() as reader:
        for _ in range(CHECKS):
            person_id, at = random.choice(people), found.since + timedelta(seconds=random.uniform(60, span))
            flip = next((f for f in flips.get(person_id, ()) if f.start <= at and (f.end is None or at < f.end)), None)
            foreseen = True if flip is None else flip.after
            wrong += (await foresee_access_in(reader, context, person_id, at)).allowed is not foreseen
    return wrong, time.perf_counter() - began
