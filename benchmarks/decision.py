"""The decision at channel creation while the worker publishes a week, beside the same decision on an idle machine."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.installation import Account, Installation, make_accounts, running
from benchmarks.processes import usage
from benchmarks.registry import Outcome, bench, say
from benchmarks.week import Planner, first_day, make_unit, week_file
from shiftline.foundation.database import Database

AGENTS = 2000
RATE = 200
IDLE_SECONDS = 15
REPEATS = 5
RATIO = 4.0
CONNECTIONS = 64
PATH = "/api/v2/notifications/channels"


class Load:
    """Channel creations at an even rate, whatever the answers take."""

    def __init__(self, address: str, accounts: list[Account]) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._accounts = accounts
        self._number = 0
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self.statuses: dict[int, int] = {}

    async def connect(self) -> None:
        """Open the connections that are used again and again."""
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection(self._host, self._port))

    async def run(self, is_over: Callable[[], bool]) -> None:
        """Ask until it is over."""
        tasks: set[asyncio.Task[None]] = set()
        began = time.perf_counter()
        asked = 0
        while not is_over():
            due = int((time.perf_counter() - began) * RATE)
            for _ in range(due - asked):
                task = asyncio.create_task(self._ask())
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            asked = due
            await asyncio.sleep(0.005)
        await asyncio.gather(*tasks)

    async def _ask(self) -> None:
        account = self._accounts[self._number % len(self._accounts)]
        self._number += 1
        reader, writer = await self._free.get()
        head = (
            f"POST {PATH}?connectionType=streaming HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {account.token}\r\n"
        )
        writer.write(f"{head}Content-Length: 0\r\n\r\n".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        await reader.readexactly(length)
        status = int(answer[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self._free.put_nowait((reader, writer))


class Log:
    """The API's own measure of each answer, from its log."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "logs" / "api.log").open("rb")
        self._file.seek(0, 2)

    def read(self) -> list[float]:
        """Milliseconds of the channel creations since the last look."""
        found: list[float] = []
        for line in self._file.read().splitlines():
            with suppress(ValueError):
                entry = json.loads(line)
                if entry.get("path") == PATH and entry.get("method") == "POST":
                    found.append(float(entry["ms"]))
        return found


def percentile(values: list[float], share: float) -> float:
    """The value below which so many lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@bench(
    "decision-under-publishing",
    group="access",
    bar=f"server-side p99 at {RATE}/s while a {AGENTS:,}-agent week is published at most {RATIO:g}x the idle p99",
)
def decision_under_publishing() -> Outcome:
    """Idle and busy turn by turn, medians of five."""
    with running() as installation:
        return asyncio.run(_measure(installation))


async def _measure(installation: Installation) -> Outcome:
    database = Database(installation.database_url)
    await database.open()
    context = installation.context(database)
    accounts = await make_accounts(context, AGENTS)
    unit_id = await make_unit(context, accounts)
    await database.close()
    planner = Planner(installation.listen("api"), installation.ready["admin"]["accessToken"])
    people = [account.person_id for account in accounts]
    start = datetime.now(UTC).date()
    weeks = [(first_day(start, number), week_file(people, first_day(start, number))) for number in range(REPEATS + 1)]
    say("publishing the present week")
    planner.await_done(planner.publish(unit_id, *weeks[0]))
    load, log = Load(installation.listen("api"), accounts), Log(installation.folder)
    await load.connect()
    await _for(load, 5)
    log.read()
    idle: list[list[float]] = []
    busy: list[list[float]] = []
    spans: list[float] = []
    before = usage(installation.pid("api")).cpu_seconds
    for number, week in enumerate(weeks[1:], 1):
        await _for(load, IDLE_SECONDS)
        idle.append(log.read())
        began = time.perf_counter()
        operation_id = await asyncio.to_thread(planner.publish, unit_id, *week)
        await _until_done(load, planner, operation_id)
        spans.append(time.perf_counter() - began)
        busy.append(log.read())
        say(f"run {number}: idle p99 {percentile(idle[-1], 0.99)} ms, busy p99 {percentile(busy[-1], 0.99)} ms of "
            f"{len(busy[-1])} in {spans[-1]:.1f} s")  # fmt: skip
    cpu = usage(installation.pid("api")).cpu_seconds - before
    answered = sum(map(len, idle)) + sum(map(len, busy))
    figures = {**_figures(busy), "publishing_seconds": round(median(spans), 2), "statuses": load.statuses}
    figures["api_cpu_ms_per_request"] = round(cpu * 1e3 / answered, 2)
    peer = {"name": "the same without publishing", **_figures(idle)}
    ratio = median(percentile(run, 0.99) for run in busy) / median(percentile(run, 0.99) for run in idle)
    figures["p99_ratio"] = round(ratio, 2)
    return Outcome(figures, peer, holds=ratio <= RATIO and set(load.statuses) == {200})


def _figures(runs: list[list[float]]) -> dict[str, Any]:
    return {
        "p50_ms": round(median(percentile(run, 0.5) for run in runs), 2),
        "p99_ms": round(median(percentile(run, 0.99) for run in runs), 2),
        "per_run_p99_ms": [round(percentile(run, 0.99), 2) for run in runs],
        "requests": sum(map(len, runs)),
    }


async def _for(load: Load, seconds: float) -> None:
    end = time.monotonic() + seconds
    await load.run(lambda: time.monotonic() > end)


async def _until_done(load: Load, planner: Planner, operation_id: str) -> None:
    over = asyncio.Event()

    async def watch() -> None:
        await asyncio.to_thread(planner.await_done, operation_id)
        over.set()

    watching = asyncio.create_task(watch())
    await load.run(over.is_set)
    await watching
