"""Somebody writes from a page, on its own and in a frame of another's; an agent answers at their desk, by keyboard; both see it all."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from e2e.stage import Demo
from e2e.test_page import opened, reaches, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("schedule, written")]

DEPLOYMENT = "web-messaging"
PATIENCE: Any = 20_000
"""Milliseconds."""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def card_of(desk: Page) -> Any:
    return desk.get_by_role("region", name="Messages and e-mails")


async def test_a_guest_writes_an_agent_answers_and_the_guest_sees_it(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as desk, opened(browser, demo) as page:
        await sign_in(desk, demo.agent(0))
        await reaches(desk, "ready")
        card = card_of(desk)
        await expect(card.get_by_text("Nobody writes to you just now.")).to_be_visible(timeout=PATIENCE)
        await desk.get_by_role("button", name="Go on queue").click()
        await expect(desk.get_by_text("The next call may be yours")).to_be_visible(timeout=PATIENCE)

        await page.goto(f"https://apps.localhost:{demo.port}/message?deployment={DEPLOYMENT}&name=Jo+Park")
        await expect(page.get_by_role("heading", name="Website")).to_be_visible(timeout=PATIENCE)
        await page.get_by_label("Your message").fill("Where is my parcel?")
        await page.keyboard.press("Enter")

        await expect(card.get_by_role("alert")).to_have_text("A message from Jo Park", timeout=PATIENCE)
        await card.get_by_role("button", name="Accept").focus()
        await desk.keyboard.press("Enter")
        await expect(card.get_by_role("log").get_by_text("Where is my parcel?")).to_be_visible(timeout=PATIENCE)
        answer = card.get_by_label("Answer Jo Park")
        await answer.fill("It comes\ntomorrow.")
        await desk.keyboard.press("Enter")
        await expect(answer).to_have_value("", timeout=PATIENCE)

        messages = page.get_by_role("log")
        await expect(messages.get_by_text("tomorrow.")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_text("is here.")).to_be_visible(timeout=PATIENCE)
        await page.reload()
        await expect(messages.get_by_role("listitem")).to_have_count(2, timeout=PATIENCE)
        file: Any = {"name": "label.png", "mimeType": "image/png", "buffer": PNG}
        program: Any = {**file, "buffer": b"MZ\x90\x00"}
        await page.locator("#file").set_input_files([file])
        await expect(card.get_by_role("button", name="Save label.png")).to_be_visible(timeout=PATIENCE)
        async with desk.expect_download() as saving:
            await card.get_by_role("button", name="Save label.png").click()
        saved = await (await saving.value).path()
        assert await asyncio.to_thread(saved.read_bytes) == PNG
        await page.locator("#file").set_input_files([program])
        await expect(page.get_by_role("alert")).to_contain_text("no type that is let in", timeout=PATIENCE)

        await page.get_by_role("button", name="End", exact=True).click()
        await expect(page.get_by_text("This conversation is over.")).to_be_visible(timeout=PATIENCE)
        await expect(answer).to_have_count(0, timeout=PATIENCE)
        recorded = desk.get_by_role("region", name="Recordings of your conversations")
        entry = recorded.get_by_role("button", name="Jo Park")
        await expect(entry).to_be_enabled(timeout=PATIENCE)
        await entry.focus()
        await desk.keyboard.press("Enter")
        await expect(recorded.get_by_role("log").get_by_text("Where is my parcel?")).to_be_visible(timeout=PATIENCE)
        await expect(recorded.get_by_text("3 messages")).to_be_visible(timeout=PATIENCE)
        await hand_on(demo, desk, page)


async def hand_on(demo: Demo, desk: Page, page: Page) -> None:
    """They write once more, and the agent hands it on to another queue, by keyboard."""
    card = card_of(desk)
    await page.goto(f"https://apps.localhost:{demo.port}/message?deployment={DEPLOYMENT}&name=Jo+Park")
    await page.get_by_label("Your message").fill("My invoice is wrong.")
    await page.keyboard.press("Enter")
    await card.get_by_role("button", name="Accept").click(timeout=PATIENCE)
    await expect(page.get_by_text("is here.")).to_be_visible(timeout=PATIENCE)
    await card.get_by_role("button", name="Hand on").focus()
    await desk.keyboard.press("Enter")
    panel = desk.get_by_role("dialog", name="Hand Jo Park on to a queue")
    await panel.get_by_label("Name of a queue").fill("Billing")
    await panel.get_by_role("option").first.click(timeout=PATIENCE)
    await panel.get_by_role("button", name="Hand on now").click()
    await expect(panel).to_have_count(0, timeout=PATIENCE)
    await expect(card.get_by_label("Answer Jo Park")).to_have_count(0, timeout=PATIENCE)
    await expect(page.get_by_text("is here.")).to_have_count(0, timeout=PATIENCE)
