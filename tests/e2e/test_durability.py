"""Whatever dies while people work: what was acknowledged is there, nothing is there twice, and all is back by itself."""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.async_api import Browser

from e2e.plain_client import PlainSoftphone, connect
from e2e.stage import MISSION_CLOCK, Demo, free_port, running_demo, softphone_page
from e2e.test_founding_case import payload, swap
from e2e.test_survival import hung
from shiftline.apps.running import find_settings

pytestmark = pytest.mark.xdist_group("durability")

CHILDREN = ("postgres", "nats-server", "caddy", "api", "signalling", "worker")
PATIENCE = 40.0


@pytest.fixture(scope="module")
async def own() -> AsyncGenerator[Demo]:
    """A contact centre that may be hurt."""
    async with running_demo(None) as running:
        yield running


@dataclass
class Writer:
    """An agent who goes on saying what they do, each time in other words, and insists until it is acknowledged."""

    demo: Demo
    agent: dict[str, Any]
    definition: str
    acknowledged: list[str] = field(default_factory=list[str])
    unexpected: list[str] = field(default_factory=list[str])

    async def write(self) -> None:
        message = f"write {len(self.acknowledged)}"
        headers = {"idempotency-key": f"{self.agent['userId']}.{len(self.acknowledged)}"}
        body = {"presenceDefinition": {"id": self.definition}, "message": message}
        path = f"/api/v2/users/{self.agent['userId']}/presences/purecloud"
        deadline = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < deadline, f"{message} was never acknowledged: {self.unexpected}"
            try:
                async with self.demo.client(self.agent["accessToken"]) as client:
                    answer = await client.patch(path, json=body, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 200 or answer.json()["code"] == "idempotency.key.used":
                self.acknowledged.append(message)
                return
            if answer.status_code != 503 or "retry-after" not in answer.headers:
                self.unexpected.append(f"{answer.status_code} {answer.text}")
            await asyncio.sleep(0.2)

    async def go_on(self) -> None:
        while True:
            await self.write()


async def writers_for(demo: Demo, count: int) -> list[Writer]:
    async with demo.admin() as admin:
        found = (await admin.get("/api/v2/presence/definitions", params={"pageSize": 100})).json()["entities"]
    busy = next(each["id"] for each in found if each["systemPresence"].lower() == "busy")
    return [Writer(demo, demo.agent(number), busy) for number in range(count)]


async def is_replaced(demo: Demo, name: str, before: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not (now := demo.pids(name)) or set(now) & set(before):
        assert time.monotonic() < deadline, f"{name} did not come back"
        await asyncio.sleep(0.05)


async def test_what_was_acknowledged_survives_the_death_of_each_process_once(own: Demo) -> None:
    writers = await writers_for(own, 6)
    supervisor = own.process.pid if own.process is not None else None
    working = [asyncio.create_task(writer.go_on()) for writer in writers]
    try:
        for name in CHILDREN:
            before = own.pids(name)
            assert before, name
            told = [len(writer.acknowledged) for writer in writers]
            own.kill(name)
            await is_replaced(own, name, before)
            deadline = time.monotonic() + PATIENCE
            while any(len(w.acknowledged) < n + 3 for w, n in zip(writers, told, strict=True)):
                assert not [task for task in working if task.done()], [task.exception() for task in working]
                assert time.monotonic() < deadline, f"after the death of {name} not everybody could work on"
                await asyncio.sleep(0.1)
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
    assert [writer.unexpected for writer in writers] == [[]] * len(writers)
    assert own.process is not None
    assert own.process.pid == supervisor
    assert own.process.returncode is None
    counts = written(own)
    for writer in writers:
        mine = {message: n for (person, message), n in counts.items() if person == writer.agent["userId"]}
        assert {message: mine.get(message) for message in writer.acknowledged} == dict.fromkeys(
            writer.acknowledged, (1, 1)
        )
        # The one that was under way at the end may have been written or not; nothing else is there.
        assert len(mine) - len(writer.acknowledged) in (0, 1)


def written(demo: Demo) -> dict[tuple[str, str], tuple[int, int]]:
    """How often each message stands in the audit and in the outbox, by person."""
    query = """
      select body ->> 'person_id', body ->> 'message', count(*) filter (where place = 'audit'),
             count(*) filter (where place = 'outbox')
      from (select 'audit' as place, event as name, body from foundation.audit
            union all select 'outbox', name, body from foundation.outbox) as kept
      where name = 'presence.presence.changed' and body ->> 'message' like 'write %'
      group by 1, 2"""
    with psycopg.connect(find_settings(demo.folder, {}).database_url) as connection:
        return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(query).fetchall()}


QUESTIONS = (
    ("POST", "/api/v2/notifications/channels"),
    ("GET", "/api/v2/users/me"),
    ("GET", "/api/v2/presence/definitions"),
    ("GET", "/api/v2/shiftline/access/why?userId=me"),
)


async def ask(demo: Demo, agent: dict[str, Any]) -> list[tuple[int, str | None]]:
    """What each question is answered: status and Retry-After."""
    async with demo.client(agent["accessToken"]) as client:
        answers = await asyncio.gather(*(client.request(method, path) for method, path in QUESTIONS))
    return [(answer.status_code, answer.headers.get("retry-after")) for answer in answers]


async def all_is_back(demo: Demo, agent: dict[str, Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        statuses = [status for status, _ in await ask(demo, agent)]
        if statuses == [200] * len(QUESTIONS):
            return
        assert set(statuses) <= {200, 503}
        assert time.monotonic() < deadline, statuses
        await asyncio.sleep(0.2)


async def live_sessions(demo: Demo) -> list[PlainSoftphone]:
    return list(await asyncio.gather(*(connect(demo, demo.agent(number)) for number in range(10, 15))))


async def test_a_database_that_hangs_is_503_and_nobody_is_dropped(own: Demo) -> None:
    agent = own.agent(10)
    sessions = await live_sessions(own)
    with hung(own, "postgres"):
        for _ in range(3):
            for status, retry_after in await ask(own, agent):
                assert status == 503
                assert retry_after is not None
                assert 1 <= int(retry_after) <= 10
    await all_is_back(own, agent)
    await still_hear(own, sessions)


async def test_a_database_killed_again_and_again_is_503_and_nobody_is_dropped(own: Demo) -> None:
    agent = own.agent(10)
    sessions = await live_sessions(own)
    for _ in range(3):
        before = own.pids("postgres")
        own.kill("postgres")
        for status, retry_after in await ask(own, agent):
            assert status in (200, 503)  # it may have come back by then
            assert status == 200 or retry_after is not None
        await is_replaced(own, "postgres", before)
    await all_is_back(own, agent)
    await still_hear(own, sessions)


async def still_hear(demo: Demo, sessions: list[PlainSoftphone]) -> None:
    """None was dropped, and a change reaches the first."""
    writer = (await writers_for(demo, 11))[10]
    topic = f"v2.users.{writer.agent['userId']}.presence"
    async with demo.client(writer.agent["accessToken"]) as client:
        channels = (await client.get("/api/v2/notifications/channels")).json()["entities"]
        for channel in channels:
            path = f"/api/v2/notifications/channels/{channel['id']}/subscriptions"
            assert (await client.post(path, json=[{"id": topic}])).status_code == 200
        body = {"presenceDefinition": {"id": writer.definition}, "message": f"at {time.monotonic()}"}
        answer = await client.patch(f"/api/v2/users/{writer.agent['userId']}/presences/purecloud", json=body)
        assert answer.status_code == 200
    deadline = time.monotonic() + 10
    while topic not in {heard for heard, _ in sessions[0].events}:
        assert time.monotonic() < deadline, "the news did not arrive"
        await asyncio.sleep(0.05)
    assert [session.closed for session in sessions] == [None] * len(sessions)
    for session in sessions:
        session.leave()


@pytest.mark.browser
async def test_a_live_softphone_comes_back_through_a_new_edge(own: Demo, browser: Browser, page_origin: str) -> None:
    async with softphone_page(browser, own, page_origin) as phone:
        assert await phone.begin(own.agent(15)["accessToken"]) == "ready"
        own.kill("caddy")
        await phone.until("window.seen.some(each => each[0] === 'disconnected')", 10)
        await phone.until("window.seen.filter(each => each[0] === 'connected').length >= 2", 15)


async def test_everything_stops_in_ten_seconds_while_people_work_and_leaves_nothing_behind(own: Demo) -> None:
    writers = await writers_for(own, 2)
    sessions = await live_sessions(own)
    working = [asyncio.create_task(writer.go_on()) for writer in writers]
    await asyncio.sleep(0.5)
    began = time.monotonic()
    assert await own.stop() == 0
    assert time.monotonic() - began < 10
    assert processes_of(own) == []
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    assert all(session.closed for session in sessions)
    await own.start()
    counts = written(own)
    for writer in writers:
        assert [counts.get((writer.agent["userId"], message)) for message in writer.acknowledged] == [
            (1, 1) for _ in writer.acknowledged
        ]


async def test_a_first_start_cut_short_begins_anew(new_folder: Path) -> None:
    demo = Demo(new_folder, free_port(), MISSION_CLOCK)
    starting = asyncio.create_task(demo.start())
    while not (new_folder / "running.json").exists():
        assert not starting.done()
        await asyncio.sleep(0.02)
    await asyncio.sleep(1.5)  # well into the sample
    assert demo.process is not None
    demo.process.kill()
    with pytest.raises(AssertionError):
        await starting
    await demo.start()
    try:
        assert len(demo.ready["agents"]) == 60
        assert demo.ready["otherOrganization"]["userId"]
        async with demo.admin() as admin:
            done = await swap(admin, payload(demo.agent(0)["userId"]))
            assert done["changed"] is True
    finally:
        assert await demo.stop() == 0
    assert processes_of(demo) == []


def processes_of(demo: Demo) -> list[str]:
    """The commands of live processes that name the folder or work in it."""
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().decode(errors="replace") if entry.name.isdigit() else ""
            if str(demo.folder) in command or (command and str(demo.folder) in str((entry / "cwd").readlink())):
                found.append(command.replace("\0", " "))
    return found


@pytest.fixture
def new_folder() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="shiftline-e2e-"))
    base.chmod(0o755)  # the database's own user must be able to pass
    yield base / "data"
    shutil.rmtree(base, ignore_errors=True)
