"""A call as both sides see it: an agent's desk, and the page for callers, on its own and in a frame of somebody else's page."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.async_api import Browser, Dialog, Frame, Page, expect

from e2e.stage import Demo
from e2e.test_page import opened, reaches, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("open shifts, call page")]

QUEUE = "queue-voice-support"
PATIENCE: Any = 15_000
"""Milliseconds."""
LOUD, SILENT = 0.3, 0.05
"""Of a meter's whole length; the microphones here give a steady tone."""


def phone_of(desk: Page) -> Any:
    return desk.get_by_role("region", name="Softphone")


async def level(page: Page | Frame, selector: str) -> float:
    """How loud a meter says it is, from 0 to 1."""
    shown = await page.evaluate(
        "(selector) => document.querySelector(selector)?.style.getPropertyValue('--level')", selector
    )
    return float(shown or 0)


async def becomes(page: Page | Frame, selector: str, *, loud: bool) -> None:
    """Wait until a meter shows sound, or silence, for half a second."""
    steady = 0
    async with asyncio.timeout(15):
        while steady < 5:
            now = await level(page, selector)
            steady = steady + 1 if (now > LOUD if loud else now < SILENT) else 0
            await asyncio.sleep(0.1)


async def _pause_and_go_on(phone: Any) -> None:
    """By the keyboard; nothing is called paused before it is."""
    pause = phone.get_by_role("button", name="Pause recording")
    await pause.press("Enter")
    await expect(phone.get_by_text("nothing that is said is kept")).to_be_visible(timeout=PATIENCE)
    await expect(phone.get_by_text("Recording paused", exact=True)).to_be_visible(timeout=PATIENCE)
    await expect(pause).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    await pause.press("Enter")
    await expect(phone.get_by_text("Recorded", exact=True)).to_be_visible(timeout=PATIENCE)


async def _jumps_to_what_happened(recordings: Any, agent: str) -> None:
    """What happened in the call stands in the player, each a way to its place by the keyboard."""
    position = recordings.get_by_role("slider", name="Position in the call")
    happened = recordings.get_by_role("list", name="What happened in the call")
    await expect(happened.get_by_role("button", name=f"{agent} muted for")).to_have_count(1)
    await expect(happened.get_by_role("button", name="Recording paused for")).to_have_count(1)
    await recordings.get_by_role("button", name="Pause", exact=True).click()
    held = happened.get_by_role("button", name=f"{agent} put the call on hold for")
    await held.press("Enter")
    at = await held.inner_text()
    minutes, seconds = at.split()[0].split(":")
    there = int(minutes) * 60 + int(seconds)
    assert abs(float(await position.input_value()) - there) <= 1


async def test_a_call_from_the_web_is_answered_held_ended_wrapped_up_and_heard_again(
    demo: Demo, microphones: Browser
) -> None:
    agent = demo.agent(10)
    async with opened(microphones, demo) as desk, opened(microphones, demo) as caller:
        await sign_in(desk, agent)
        await reaches(desk, "ready")
        phone = phone_of(desk)
        await desk.get_by_role("button", name="Go on queue").click()
        await expect(desk.get_by_text("The next call may be yours")).to_be_visible(timeout=PATIENCE)

        await caller.goto(f"https://apps.localhost:{demo.port}/call?queue={QUEUE}&name=Jo+Park")
        await caller.get_by_role("button", name="Call us").click()
        await expect(phone.get_by_role("alert").first).to_have_text(
            "Incoming call from Jo Park for Voice Support.", timeout=PATIENCE
        )
        await phone.get_by_role("button", name="Answer").click()
        await expect(caller.get_by_role("heading", name="Connected")).to_be_visible(timeout=PATIENCE)
        await becomes(caller, "#far", loud=True)
        await becomes(desk, "[data-side=far]", loud=True)
        await expect(phone.get_by_text("Good").first).to_be_visible(timeout=PATIENCE)

        mute, hold = (phone.get_by_role("button", name=name, exact=True) for name in ("Mute", "Hold"))
        await mute.click()
        await expect(mute).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
        await becomes(caller, "#far", loud=False)
        await mute.click()
        await becomes(caller, "#far", loud=True)

        await _pause_and_go_on(phone)
        await hold.click()
        await expect(caller.get_by_role("heading", name="On hold")).to_be_visible(timeout=PATIENCE)
        await expect(mute).to_be_hidden(timeout=PATIENCE)
        await hold.click()
        await expect(caller.get_by_role("heading", name="Connected")).to_be_visible(timeout=PATIENCE)

        await phone.get_by_role("button", name="End", exact=True).click()
        await expect(caller.get_by_role("heading", name="The call has ended")).to_be_visible(timeout=PATIENCE)
        await phone.get_by_role("button", name="Outcome").click()
        await desk.get_by_role("option", name="Resolved").click()
        await phone.get_by_label("Notes").fill("Wanted to hear a voice.")
        await phone.get_by_role("button", name="Done").click()
        await expect(phone.get_by_text("After-call work")).to_be_hidden(timeout=PATIENCE)

        recordings = desk.get_by_role("region", name="Recordings")
        recorded = recordings.get_by_role("button", name="Jo Park · Voice Support")
        await expect(recorded).to_contain_text("\N{MINUS SIGN}05:00", timeout=PATIENCE)
        await expect(recorded).to_be_enabled(timeout=PATIENCE)
        await recorded.click()
        await expect(recordings.get_by_text(f"{agent['name']} spoke")).to_be_visible(timeout=PATIENCE)
        await recordings.get_by_role("button", name="Play").click()
        position = recordings.get_by_role("slider", name="Position in the call")
        await expect(position).not_to_have_value("0", timeout=PATIENCE)
        await expect(recordings.get_by_role("alert")).to_have_count(0)
        await _jumps_to_what_happened(recordings, agent["name"])


async def test_a_desk_that_is_loaded_anew_in_a_call_goes_on_with_it(demo: Demo, microphones: Browser) -> None:
    async with opened(microphones, demo) as desk, opened(microphones, demo) as caller:
        await sign_in(desk, demo.agent(11))
        await reaches(desk, "ready")
        phone = phone_of(desk)
        await desk.get_by_role("button", name="Go on queue").click()
        await caller.goto(f"https://apps.localhost:{demo.port}/call?queue={QUEUE}&name=Kim+Lee")
        await caller.get_by_role("button", name="Call us").click()
        await phone.get_by_role("button", name="Answer").click(timeout=PATIENCE)
        await becomes(caller, "#far", loud=True)
        mute = phone.get_by_role("button", name="Mute", exact=True)
        await expect(mute).to_be_visible(timeout=PATIENCE)

        asked: list[str] = []

        async def leave(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await dialog.accept()

        desk.on("dialog", leave)
        await desk.reload()
        assert asked == ["beforeunload"], "nobody leaves a call by mistake"
        await becomes(desk, "[data-side=far]", loud=True)
        await becomes(caller, "#far", loud=True)
        await expect(phone.get_by_text("Kim Lee").first).to_be_visible(timeout=PATIENCE)
        await mute.click()
        await becomes(caller, "#far", loud=False)
        await mute.click()
        await becomes(caller, "#far", loud=True)
        await phone.get_by_role("button", name="End", exact=True).click()
        await expect(caller.get_by_role("heading", name="The call has ended")).to_be_visible(timeout=PATIENCE)


@pytest.fixture
def shop() -> Iterator[tuple[str, list[str]]]:
    """Somebody else's page, of another origin, with the snippet in it."""
    body: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(body[0].encode())

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/", body
    server.shutdown()
    server.server_close()


async def test_a_shop_embeds_the_caller_and_who_is_not_asked_is_told_why(
    demo: Demo, microphones: Browser, shop: tuple[str, list[str]]
) -> None:
    origin, body = shop
    script = f"https://apps.localhost:{demo.port}/call-us.js"
    body.append(
        f'<!doctype html><title>Shop</title><script src="{script}" data-queue="{QUEUE}" data-label="Talk to us"></script>'
    )
    async with opened(microphones, demo) as desk, opened(microphones, demo) as page:
        await sign_in(desk, demo.agent(12))
        await reaches(desk, "ready")
        await page.goto(origin)
        button = page.get_by_role("button", name="Talk to us")
        await button.click()
        frame = page.frame_locator("iframe")
        await frame.get_by_role("button", name="Call us").click()
        await expect(frame.get_by_role("heading", name="You are next")).to_be_visible(timeout=PATIENCE)

        await expect(desk.get_by_text("One waits in Voice Support")).to_be_visible(timeout=25_000)
        await desk.get_by_role("button", name="Why not me?").click()
        await expect(desk.get_by_role("dialog")).to_contain_text(
            "Why not you: You were not on queue.", timeout=PATIENCE
        )
        await desk.keyboard.press("Escape")

        await page.get_by_role("button", name="Close").click()
        await expect(page.locator("iframe")).to_have_count(0)
        await expect(desk.get_by_text("One waits in Voice Support")).to_be_hidden(timeout=PATIENCE)
