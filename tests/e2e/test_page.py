"""The page as an agent meets it: sign in, softphone, the week with its swap, a refusal in words, and the keyboard."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from e2e.stage import CHROMIUM, FLAGS, ROOT, Demo
from e2e.test_access_story import set_role
from e2e.test_founding_case import payload, swap

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page, rings, verification")]

PICTURES = ROOT / "test-results"
SIZE: Any = {"width": 1280, "height": 860}


@asynccontextmanager
async def opened(browser: Browser, demo: Demo, scheme: Any = "light") -> AsyncGenerator[Page]:
    """The page's address in a fresh profile; whatever its content security policy stopped fails the test."""
    context = await browser.new_context(ignore_https_errors=True, viewport=SIZE, color_scheme=scheme)
    page = await context.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            complaints.append(message.text)

    page.on("console", hear)
    await page.goto(f"https://apps.localhost:{demo.port}/")
    try:
        yield page
    finally:
        await context.close()
    assert complaints == []


async def sign_in(page: Page, agent: dict[str, Any]) -> None:
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("https://login.localhost:*/**")
    await page.get_by_label("E-mail").fill(agent["email"])
    await page.get_by_label("Password").fill(agent["password"])
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("https://apps.localhost:*/")


async def reaches(page: Page, state: str) -> None:
    """Wait until the softphone is in a state."""
    await expect(page.get_by_role("region", name="Softphone")).to_have_attribute("data-state", state, timeout=20_000)


async def test_the_morning_after_the_swap(demo: Demo, browser: Browser) -> None:
    """What README shows: signed in at the login page, ready, with the swapped shift and the pending time off."""
    agent = demo.agent(0)
    async with demo.admin() as admin:
        await swap(admin, payload(agent["userId"]))
    PICTURES.mkdir(exist_ok=True)
    for scheme in ("dark", "light"):
        async with opened(browser, demo, scheme) as page:
            await sign_in(page, agent)
            await reaches(page, "ready")
            days = page.get_by_role("listbox", name="Days of the week").get_by_role("option")
            await expect(days).to_have_count(7)
            friday = page.get_by_role("option", name="27 October")
            await expect(friday).to_contain_text("today")
            await expect(friday).to_contain_text("06:00 to 14:00, swapped")
            await expect(page.get_by_role("option", name="28 October")).to_contain_text("pending")
            await expect(
                page.get_by_role("region", name="Friday 27 October").get_by_text("Agent Preference")
            ).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            await page.mouse.move(1, 1)
            await page.screenshot(path=PICTURES / f"page-{scheme}.png", animations="disabled")


async def test_a_refusal_is_a_plain_sentence_and_a_grant_brings_the_softphone_back(
    demo: Demo, browser: Browser
) -> None:
    agent = demo.agent(1)
    async with opened(browser, demo) as page:
        await sign_in(page, agent)
        await reaches(page, "ready")
        # Whose role goes may not read their unit any more: the page tells times in the zone that it knew.
        await expect(page.get_by_role("banner")).to_contain_text("Chicago")
        await set_role(demo, agent["userId"], granted=False)
        try:
            await reaches(page, "refused")
            phone = page.get_by_role("region", name="Softphone")
            await expect(phone).to_contain_text(f"{agent['name']} may not connect the softphone")
            await expect(phone).to_contain_text("webRTC:enable is missing")
            await expect(phone).to_contain_text("when it was taken away.")
            await expect(phone).not_to_contain_text("Avery")  # who did it is for whoever may see decisions
            await expect(phone).to_contain_text("What helps")
            # The demo's clock and the agent's zone: no other zone's times.
            await expect(phone).to_contain_text("Fri, 27 Oct 2023, 05:")
            await expect(phone).not_to_contain_text("UTC")
        finally:
            await set_role(demo, agent["userId"], granted=True)
        await reaches(page, "ready")


async def test_who_signs_out_and_in_again_is_at_their_station_again(demo: Demo, browser: Browser) -> None:
    agent = demo.agent(3)
    async with opened(browser, demo) as page:
        phone = page.get_by_role("region", name="Softphone")
        for _ in range(2):
            await sign_in(page, agent)
            await reaches(page, "ready")
            await expect(phone).to_contain_text("Connected with")
            await expect(page.get_by_role("button", name="Presence")).to_contain_text("Available")
            await page.get_by_role("button", name=agent["name"]).click()
            await page.get_by_role("menuitem", name="Sign out").click()
            await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_a_wrong_password_is_said_and_signs_nobody_in(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_label("E-mail").fill(demo.agent(2)["email"])
        await page.get_by_label("Password").fill("not this one")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        assert page.url.startswith(f"https://login.localhost:{demo.port}/")


@pytest.mark.usefixtures("browser")
async def test_the_back_button_brings_back_a_page_that_works(demo: Demo) -> None:
    """Browsers keep the page that was left for the login page as it was: waiting for it. Playwright turns that off."""
    async with async_playwright() as playwright:
        keeping = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
        )
        try:
            async with opened(keeping, demo) as page:
                button = page.get_by_role("button", name="Sign in")
                await button.click()
                await page.wait_for_url("https://login.localhost:*/**")
                await page.go_back(wait_until="commit")
                await expect(button).to_be_enabled()
                await sign_in(page, demo.agent(2))
                await reaches(page, "ready")
        finally:
            await keeping.close()


async def test_a_telephone_shows_all_of_it_too(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        await sign_in(page, demo.agent(2))
        await reaches(page, "ready")
        await expect(page.get_by_role("option")).to_have_count(7)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await page.get_by_role("button", name=demo.agent(2)["name"]).click()
        await page.get_by_role("menuitem", name="Sign out").click()
        await expect(page.get_by_text("You are signed out")).to_be_visible()


async def test_who_is_in_no_unit_is_told_so(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        await sign_in(page, demo.ready["admin"])
        await expect(page.get_by_text("You are in no management unit")).to_be_visible()


async def test_the_keyboard_reaches_all_there_is(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        await sign_in(page, demo.agent(2))
        await reaches(page, "ready")
        await expect(page.get_by_role("listbox", name="Days of the week")).to_be_visible()
        wanted = ["Skip to the page", "Presence", "Previous week", "Next week"]
        reached: list[str] = []
        for _ in range(25):
            await page.keyboard.press("Tab")
            reached.append(await page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText"))
        found = [next((place for place, name in enumerate(reached) if word in name), -1) for word in wanted]
        assert -1 not in found, reached
        assert found == sorted(found), reached
        await page.get_by_role("button", name="Next week").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Week from")).to_be_visible()
        assert "week=" in page.url


async def test_a_second_sign_in_that_fails_leaves_the_first(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        await sign_in(page, demo.agent(2))
        await page.goto(f"https://apps.localhost:{demo.port}/signed-in?code=unknown&state=unknown")
        await expect(page.get_by_text("This sign-in was not started in this tab")).to_be_visible()
        await page.get_by_role("button", name="Go to your desk").click()
        await reaches(page, "ready")
