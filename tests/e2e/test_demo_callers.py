"""Callers who are not there: the demo's button and the command send them, an agent hears them speak, and they hang up."""

import asyncio
import signal
import sys

import pytest
from playwright.async_api import Browser

from e2e.stage import SDK, Demo
from e2e.telephone import Telephone, telephone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo callers")]

CALLERS = "/api/v2/shiftline/demo/callers"
BILLING = "queue-billing"


class Ringing:
    """One ``shiftline call``, and the lines that it printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    @classmethod
    async def start(cls, demo: Demo, *arguments: str) -> "Ringing":
        command = [sys.executable, "-P", "-m", "shiftline.apps.cli", "call", "--data", str(demo.folder), *arguments]
        return cls(await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE))

    async def until(self, words: str) -> None:
        """Read on until a line holds the words."""
        assert self.process.stdout is not None
        async with asyncio.timeout(40):
            while not any(words in line for line in self.lines):
                line = await self.process.stdout.readline()
                assert line, self.lines
                self.lines.append(line.decode().rstrip())

    async def end(self) -> int:
        """Read to the end; the exit code."""
        assert self.process.stdout is not None
        async with asyncio.timeout(40):
            self.lines += (await self.process.stdout.read()).decode().splitlines()
            return await self.process.wait()


async def test_button_rings_an_agent_who_hears_a_voice_until_the_caller_says_goodbye(
    microphones: Browser, centre: Demo
) -> None:
    async with telephone(microphones, centre, SDK, centre.agent(0)) as phone:
        await phone.begin()
        await phone.go_on_queue()
        async with phone.client() as client:
            sent = await client.post(CALLERS, json={"count": 1})
            assert (sent.status_code, sent.json()["queue"]["name"]) == (202, "Voice Support")
            assert (await client.get(CALLERS)).json()["count"] == 1
            pending = await phone.told("pendingSession", timeout=40)
            await phone.do("acceptPendingSession", pending["conversationId"])
            assert await hears_a_voice(phone)
            await phone.do("endSession", pending["conversationId"])
            async with asyncio.timeout(40):
                while (await client.get(CALLERS)).json()["count"]:
                    await asyncio.sleep(0.2)
            told = (centre.folder / "logs" / "api.log").read_text()
            assert "Robin Park talks to an agent." in told
            assert "An agent answered 1 of 1." in told


async def hears_a_voice(phone: Telephone) -> bool:
    """Whether different frequencies of speech come, one after another; a tone has one, silence none."""
    heard: set[int] = set()
    async with asyncio.timeout(20):
        while len(heard) < 5:
            await asyncio.sleep(0.2)
            now = await phone.page.evaluate("window.hears()")
            if now is not None and 80 < now < 4000:
                heard.add(now)
    return True


async def test_command_tells_what_happens_and_an_interrupt_hangs_up(centre: Demo) -> None:
    ringing = await Ringing.start(centre, "--queue", BILLING, "--callers", "2")
    await ringing.until("Casey Lund waits, number 2 in line.")
    assert ringing.lines[0] == "2 callers for Billing."
    assert "Robin Park waits, number 1 in line." in ringing.lines
    await asyncio.sleep(2)
    ringing.process.send_signal(signal.SIGINT)
    assert await ringing.end() == 1
    assert ringing.lines[-1] == "An agent answered 0 of 2."
    heard = next(line for line in ringing.lines if line.startswith("Robin Park heard"))
    assert heard != "Robin Park heard 0 s of sound."  # what is played to those who wait
    again = await Ringing.start(centre, "--queue", BILLING)
    await again.until("Robin Park waits, number 1 in line.")  # nobody of before is left there
    again.process.send_signal(signal.SIGTERM)
    await again.end()


async def test_no_more_callers_than_the_machine_can_bear(centre: Demo) -> None:
    async with centre.client(centre.agent(3)["accessToken"]) as client:
        for count, status in ((6, 400), (0, 400), (5, 202), (5, 202), (1, 429)):
            answer = await client.post(CALLERS, json={"count": count, "queueId": BILLING})
            assert answer.status_code == status, answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert (await client.post(CALLERS, json={"queueId": "queue-nowhere"})).status_code == 409
    async with centre.client() as stranger:
        assert (await stranger.post(CALLERS, json={})).status_code == 401
