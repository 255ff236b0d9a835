"""Six o'clock: two thousand agents sign on within half a minute, through the edge of an installation as operators start it."""

import asyncio
import json
import resource
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from typing import Any

from benchmarks.installation import Account, Installation, make_accounts, running
from benchmarks.processes import usage
from benchmarks.registry import Outcome, bench, say
from shiftline.foundation.context import Context
from shiftline.foundation.database import Database
from shiftline.stations.model import PhoneDraft
from shiftline.stations.operations.phones import create_phone_in

AGENTS = 2000
WITHIN = 28.0
"""Seconds in which they come, at random; the last of them must be ready two seconds later."""
BAR_SECONDS, BAR_READY = 30.0, 2.0
WARM = 100
PROGRAMS = ("caddy", "api", "signalling", "postgres", "worker", "router", "nats")


@bench(
    "storm",
    group="access",
    bar=f"{AGENTS:,} agents with valid tokens connect within {BAR_SECONDS:g} s, p99 to ready under {BAR_READY:g} s, none refused",
)
def storm() -> Outcome:
    """Each from the first request of the vendor's softphone until it is ready; then all of them at once, for comparison."""
    _open_files()
    with running() as installation:
        accounts = asyncio.run(_prepare(installation, WARM + 2 * AGENTS))
        come(installation, accounts[:WARM], 3.0)
        cpu = _cpu(installation)
        seen = come(installation, accounts[WARM : WARM + AGENTS], WITHIN)
        figures = {"agents": AGENTS, **_figures(seen)}
        figures["server_cpu_seconds"] = {
            name: round(spent - cpu[name], 1) for name, spent in _cpu(installation).items()
        }
        say(f"within {WITHIN:g} s: {figures}")
        at_once = _figures(come(installation, accounts[WARM + AGENTS :], 0.0))
        say(f"all at once: {at_once}")
    holds = (
        figures["ready"] == AGENTS
        and not seen["refused"]
        and figures["last_ready_s"] <= BAR_SECONDS
        and figures["p99_s"] < BAR_READY
    )
    return Outcome(figures, {"name": "all in the same instant", **at_once}, holds=holds)


def come(installation: Installation, accounts: list[Account], within: float) -> dict[str, Any]:
    """Let them come, from a process of their own; what they saw."""
    host, _, port = str(installation.ready["environment"]).partition(":")
    plan = {
        "host": host,
        "port": int(port),
        "environment": installation.ready["environment"],
        "trust": installation.ready["caCertificate"],
        "within": within,
        "accounts": [asdict(account) for account in accounts],
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.access._agents"],
        input=json.dumps(plan), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def _figures(seen: dict[str, Any]) -> dict[str, Any]:
    ready: list[float] = seen["ready"]
    for kind in ("refused", "failed"):
        for text, count in Counter(seen[kind]).most_common(3):
            say(f"{kind} {count} times: {text}")
    return {
        "ready": len(ready),
        "last_ready_s": round(seen["last"], 2),
        "p50_s": round(_share(ready, 0.5), 3),
        "p99_s": round(_share(ready, 0.99), 3),
        "longest_s": round(ready[-1], 3) if ready else None,
        "refused": len(seen["refused"]),
        "failed": len(seen["failed"]),
        "told_to_wait": seen["waited"],
        "steps_p99_ms": {step: round(_share(sorted(laps), 0.99) * 1e3) for step, laps in seen["steps"].items()},
        "client_cpu_seconds": round(seen["cpu"], 1),
    }


def _share(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("inf")


def _cpu(installation: Installation) -> dict[str, float]:
    found: dict[str, float] = {}
    for program in PROGRAMS:
        try:
            found[program] = usage(installation.pid(program)).cpu_seconds
        except LookupError:
            continue
    return found


def _open_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _prepare(installation: Installation, count: int) -> list[Account]:
    database = Database(installation.database_url)
    await database.open()
    try:
        context = installation.context(database)
        accounts = await make_accounts(context, count)
        await _give_phones(context, accounts)
        async with database.reader() as reader:
            await reader.connection.execute("analyze")
        return accounts
    finally:
        await database.close()


async def _give_phones(context: Context, accounts: list[Account]) -> None:
    for start in range(0, len(accounts), 100):
        async with context.transaction() as tx:
            for account in accounts[start : start + 100]:
                await create_phone_in(tx, PhoneDraft(f"Phone of {account.jid}", account.person_id))
