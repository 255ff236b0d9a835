"""What the vendor's unmodified SDK lives through: refusals that end, a database that is away, dropped sockets, restarts."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Response

from e2e.stage import MISSION_CLOCK, Demo, Softphone, running_demo, softphone_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("softphone")]

CHANNELS = "/api/v2/notifications/channels?connectionType=streaming"
CONNECTED = "window.seen.filter(each => each[0] === 'connected').length >= {}"
DISCONNECTED = "window.seen.filter(each => each[0] === 'disconnected').length >= {}"


class Creations:
    """The answers that a page's SDK got when it asked for a channel: status, Retry-After, seconds since the first."""

    def __init__(self, phone: Softphone) -> None:
        self.answers: list[tuple[int, str | None, float]] = []
        self._began = time.monotonic()
        phone.page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.request.method == "POST" and response.url.endswith(CHANNELS):
            after = response.headers.get("retry-after")
            self.answers.append((response.status, after, time.monotonic() - self._began))

    @property
    def statuses(self) -> list[int]:
        return [status for status, _, _ in self.answers]


def tree(pid: int) -> list[int]:
    """A process and everything below it, parents first."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in tree(int(child)))]


@contextmanager
def hung(demo: Demo, name: str) -> Generator[None]:
    """Every process of an engine stopped, as by a machine that hangs."""
    stopped = [pid for top in demo.pids(name) for pid in tree(top)]
    assert stopped, name
    try:
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in stopped:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue


async def set_shift_rule(demo: Demo, *, enabled: bool, margin_minutes: int = 0) -> None:
    async with demo.admin() as admin:
        if enabled:  # whoever switches the rule on looks first at whom it would keep out
            change = {"kind": "settings", "softphone_within_shift": True, "shift_margin_minutes": margin_minutes}
            body = {"changes": [change], "days": 1}
            assert (await admin.post("/api/v2/shiftline/access/simulate", json=body)).status_code == 200
        rule = {"enabled": enabled, "marginMinutes": margin_minutes}
        answer = await admin.put("/api/v2/telephony/settings", json={"softphoneOnlyWithinShift": rule})
        assert answer.status_code == 200, answer.text


async def application_now(demo: Demo) -> datetime:
    async with demo.client() as client:
        return datetime.fromisoformat((await client.get("/api/v2/users/me")).headers["shiftline-now"])


async def why(demo: Demo, user_id: str) -> dict[str, Any]:
    async with demo.admin() as admin:
        answer = await admin.get("/api/v2/shiftline/access/why", params={"userId": user_id})
        return answer.json()


async def before_a_shift(demo: Demo) -> tuple[dict[str, Any], datetime]:
    """An agent who has a shift ahead today, and its start."""
    await set_shift_rule(demo, enabled=True)
    try:
        for agent in demo.ready["agents"]:
            decision = await why(demo, agent["userId"])
            if decision["allowed"] is False and decision.get("next_change_at"):
                start = datetime.fromisoformat(decision["next_change_at"])
                if start - await application_now(demo) < timedelta(hours=20):
                    return agent, start
    finally:
        await set_shift_rule(demo, enabled=False)
    raise AssertionError("nobody has a shift ahead")


@asynccontextmanager
async def just_before(demo: Demo, start: datetime, at_most: timedelta) -> AsyncGenerator[None]:
    """The tenant's shift rule on, with the margin by which a shift's agents may connect within a span."""
    left = start - await application_now(demo)
    # Margins are whole minutes: wait until the next one is near enough, and not past before anybody asked.
    while not timedelta(seconds=5) < left % timedelta(minutes=1) <= at_most:
        await asyncio.sleep(1)
        left = start - await application_now(demo)
    await set_shift_rule(demo, enabled=True, margin_minutes=int(left / timedelta(minutes=1)))
    try:
        yield
    finally:
        await set_shift_rule(demo, enabled=False)


async def refuse_permission(demo: Demo, user_id: str, *, granted: bool) -> None:
    async with demo.admin() as admin:
        roles = await admin.get("/api/v2/authorization/roles", params={"name": "Agent"})
        body = {"grants": [{"roleId": roles.json()["entities"][0]["id"], "divisionId": "*"}]}
        which = "bulkadd" if granted else "bulkremove"
        answer = await admin.post(f"/api/v2/authorization/subjects/{user_id}/{which}", json=body)
        assert answer.status_code in (200, 204), answer.text


async def test_a_refusal_for_good_ends_the_client_and_a_new_instance_comes_back(
    demo: Demo, browser: Browser, page_origin: str
) -> None:
    """403: at the start it rejects, at a reconnect it gives up after one try; both are for good, so nothing else is 403."""
    agent = demo.agent(20)
    async with softphone_page(browser, demo, page_origin) as phone:
        creations = Creations(phone)
        assert await phone.begin(agent["accessToken"]) == "ready"
        await refuse_permission(demo, agent["userId"], granted=False)
        try:
            await phone.until(DISCONNECTED.format(1), 5)
            await asyncio.sleep(8)
            assert creations.statuses == [200, 403]
            async with softphone_page(browser, demo, page_origin) as another:
                refused = Creations(another)
                assert (await another.begin(agent["accessToken"])).startswith("refused")
                assert refused.statuses == [403]
        finally:
            await refuse_permission(demo, agent["userId"], granted=True)
        assert await phone.begin(agent["accessToken"]) == "ready"


async def test_before_the_shift_the_first_start_waits_and_then_becomes_ready(demo: Demo, softphone: Softphone) -> None:
    """429 with Retry-After at the first start: initialize() neither rejects nor needs a hand."""
    creations = Creations(softphone)
    agent, start = await before_a_shift(demo)
    async with just_before(demo, start, timedelta(seconds=30)):
        assert await softphone.begin(agent["accessToken"]) == "ready"
        refused = [(status, after) for status, after, _ in creations.answers if status != 200]
        assert refused
        assert all(status == 429 and after is not None and 1 <= int(after) <= 60 for status, after in refused)
        assert creations.statuses[-1] == 200


async def test_put_outside_the_shift_the_live_client_waits_and_comes_back(demo: Demo, softphone: Softphone) -> None:
    """429 with Retry-After at a reconnect: told to go, it asks again until it may."""
    agent, start = await before_a_shift(demo)
    creations = Creations(softphone)
    assert await softphone.begin(agent["accessToken"]) == "ready"
    async with just_before(demo, start, timedelta(seconds=30)):
        await softphone.until(DISCONNECTED.format(1), 5)
        for _ in range(100):
            if 429 in creations.statuses:
                break
            await asyncio.sleep(0.1)
        assert 429 in creations.statuses
    await softphone.until(CONNECTED.format(2), 50)
    assert creations.statuses[-1] == 200


async def test_while_the_database_hangs_the_first_start_waits(demo: Demo, softphone: Softphone) -> None:
    """503 with Retry-After at the first start, never 403 and never a hang."""
    agent = demo.agent(21)
    with hung(demo, "postgres"):
        starting = asyncio.create_task(softphone.begin(agent["accessToken"]))
        began = time.monotonic()
        async with demo.client(agent["accessToken"]) as own:
            answer = await own.post("/api/v2/notifications/channels")
            assert answer.status_code == 503, answer.text
            assert 1 <= int(answer.headers["retry-after"]) <= 5
        assert time.monotonic() - began < 8
        await asyncio.sleep(3)
        assert not starting.done()
    assert await asyncio.wait_for(starting, 40) == "ready"


async def test_a_database_that_goes_under_a_reconnecting_client_does_not_end_it(
    demo: Demo, softphone: Softphone
) -> None:
    """503 with Retry-After at a reconnect: SASL could not be known, so a new channel is asked for, until there is one."""
    agent = demo.agent(22)
    creations = Creations(softphone)
    assert await softphone.begin(agent["accessToken"]) == "ready"
    with hung(demo, "postgres"):
        await asyncio.sleep(4)
        assert "disconnected" not in await softphone.seen()
        for pid in demo.pids("signalling"):
            os.kill(pid, signal.SIGKILL)
        await softphone.until(DISCONNECTED.format(1), 5)
        for _ in range(300):
            if 503 in creations.statuses:
                break
            await asyncio.sleep(0.1)
        assert 503 in creations.statuses
        assert 403 not in creations.statuses
        assert 401 not in creations.statuses
    await softphone.until(CONNECTED.format(2), 60)


async def test_a_database_killed_again_and_again_drops_nobody(demo: Demo, softphone: Softphone) -> None:
    agent = demo.agent(23)
    topic = f"v2.users.{agent['userId']}.presence"
    assert await softphone.begin(agent["accessToken"], [topic]) == "ready"
    for _ in range(3):
        demo.kill("postgres")
        await asyncio.sleep(2)
    async with demo.client(agent["accessToken"]) as own:
        deadline = time.monotonic() + 20
        while (answer := await own.post("/api/v2/notifications/channels")).status_code != 200:
            assert answer.status_code == 503, answer.text
            assert time.monotonic() < deadline
            await asyncio.sleep(0.2)
    await set_presence(demo, agent, "Busy")
    await softphone.until("window.events.length >= 1", 5)
    assert "disconnected" not in await softphone.seen()


async def set_presence(demo: Demo, agent: dict[str, Any], name: str) -> None:
    async with demo.client(agent["accessToken"]) as own:
        definitions = (await own.get("/api/v2/presence/definitions", params={"pageSize": 100})).json()["entities"]
        wanted = next(each for each in definitions if each["systemPresence"].lower() == name.lower())
        body = {"presenceDefinition": {"id": wanted["id"]}}
        answer = await own.patch(f"/api/v2/users/{agent['userId']}/presences/purecloud", json=body)
        assert answer.status_code == 200, answer.text


async def test_both_tabs_get_the_news_and_closing_one_leaves_the_other(
    demo: Demo, browser: Browser, page_origin: str
) -> None:
    agent = demo.agent(24)
    topic = f"v2.users.{agent['userId']}.presence"
    async with softphone_page(browser, demo, page_origin) as first:
        assert await first.begin(agent["accessToken"], [topic]) == "ready"
        async with softphone_page(browser, demo, page_origin) as second:
            assert await second.begin(agent["accessToken"], [topic]) == "ready"
            await set_presence(demo, agent, "Busy")
            for phone in (first, second):
                await phone.until("window.events.length >= 1", 5)
        await set_presence(demo, agent, "Meal")
        await first.until("window.events.length >= 2", 5)
        assert "disconnected" not in await first.seen()


async def test_no_longer_subscribed_is_obeyed(demo: Demo, softphone: Softphone) -> None:
    """The channel is evicted by newer ones: the SDK makes another, with its topics, and hears again."""
    agent = demo.agent(25)
    topic = f"v2.users.{agent['userId']}.presence"
    creations = Creations(softphone)
    assert await softphone.begin(agent["accessToken"], [topic]) == "ready"
    async with demo.client(agent["accessToken"]) as own:
        for _ in range(20):
            assert (await own.post("/api/v2/notifications/channels")).status_code == 200
    await softphone.until(DISCONNECTED.format(1), 5)
    await softphone.until(CONNECTED.format(2), 10)
    assert creations.statuses == [200, 200]
    await asyncio.sleep(1)
    await set_presence(demo, agent, "Busy")
    await softphone.until("window.events.length >= 1", 5)


async def test_back_within_ten_seconds_of_a_restart_on_the_same_folder(browser: Browser, page_origin: str) -> None:
    async with running_demo(MISSION_CLOCK) as own:
        agent = own.agent(0)
        topic = f"v2.users.{agent['userId']}.presence"
        async with softphone_page(browser, own, page_origin) as phone:
            assert await phone.begin(agent["accessToken"], [topic]) == "ready"
            assert await own.stop() == 0
            own.clock = None
            await own.start()
            began = time.monotonic()
            await phone.until(CONNECTED.format(2), 30)
            took = time.monotonic() - began
            await asyncio.sleep(1)
            await set_presence(own, agent, "Busy")
            await phone.until("window.events.length >= 1", 5)
            assert took < 10, f"back after {took:.1f} s"
