"""The shift rule's part of the page: seen before it is switched on, overridden, excepted from; and the page reads what it wrote."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Request, Route, expect

from e2e.stage import Demo
from e2e.test_page import PICTURES, opened, reaches, sign_in
from e2e.test_why_page import PATIENCE, choose_in, fits

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("keeping-page")]

RULE = "softphoneOnlyWithinShift"
EXCEPTIONS = "/api/v2/shiftline/access/shiftexceptions"
OVERRIDES = "/api/v2/shiftline/access/shiftoverrides"


@pytest.fixture(autouse=True)
async def nobody_gated(demo: Demo) -> AsyncIterator[None]:
    """Whatever a test leaves behind, the next one of this demo finds the rule off and nobody excepted or let in."""
    PICTURES.mkdir(exist_ok=True)
    yield
    async with demo.admin() as admin:
        usual = {"graceBeforeMinutes": 15, "graceAfterMinutes": 15, "overrideMostMinutes": 480}
        rule = {"enabled": False, **usual, "overrideDefaultMinutes": 120}
        assert (await admin.put("/api/v2/telephony/settings", json={RULE: rule})).status_code == 200
        for kind in (EXCEPTIONS, OVERRIDES):
            for each in (await admin.get(kind)).json()["entities"]:
                await admin.post(f"{kind}/{each['id']}/end")


async def gated_agent(demo: Demo, *, switched_on: bool = False) -> dict[str, Any]:
    """An agent whom the rule keeps out, or would, for the next half hour at least."""
    changes = [{"kind": "settings", "softphone_within_shift": True, "shift_grace_before_minutes": 20}]
    async with demo.admin() as admin:
        answer = await admin.post("/api/v2/shiftline/access/simulate", json={"changes": changes, "days": 1})
        if switched_on:
            rule = {"enabled": True, "graceBeforeMinutes": 20}
            assert (await admin.put("/api/v2/telephony/settings", json={RULE: rule})).status_code == 200
    found = answer.json()
    soon = demo.now + timedelta(minutes=30)
    out = {
        flip["user_id"]
        for flip in found["flips"]
        if flip["from"] == found["from"] and (flip["to"] is None or datetime.fromisoformat(flip["to"]) > soon)
    }
    return next(agent for agent in demo.ready["agents"] if agent["userId"] in out)


async def open_rule(page: Page, demo: Demo, person: dict[str, Any]) -> Locator:
    """Sign somebody in at the rule's part; returns the rule's card."""
    await sign_in(page, person)
    await page.goto(f"https://apps.localhost:{demo.port}/why?part=shift-rule")
    card = page.get_by_role("region", name="Softphone only within a shift")
    await expect(card).to_be_visible(timeout=PATIENCE)
    return card


async def test_the_rule_is_switched_on_only_as_it_was_seen(demo: Demo, browser: Browser) -> None:
    agent = await gated_agent(demo)
    async with opened(browser, demo) as desk, opened(browser, demo) as page:
        await sign_in(desk, agent)
        await reaches(desk, "ready")
        card = await open_rule(page, demo, demo.ready["admin"])
        await expect(card).to_contain_text("it connects at any time", timeout=PATIENCE)
        see = card.get_by_role("button", name="See whom it would keep out")
        switch = card.get_by_role("button", name="Switch on")
        before = card.get_by_label("Grace before a shift, minutes")

        # What contradicts itself, and what is no number, is told at its field.
        lasts = card.get_by_label("An override lasts, minutes")
        await lasts.fill("600")
        await card.get_by_role("button", name="Change, still off").click()
        await expect(lasts).to_have_attribute("aria-invalid", "true", timeout=PATIENCE)
        await expect(lasts).to_have_accessible_description(re.compile("600 minutes unless said otherwise, and 480"))
        await lasts.fill("60")
        await expect(lasts).not_to_have_attribute("aria-invalid", "true")
        await before.fill("1.5")
        await see.click()
        await expect(before).to_have_accessible_description("Say a whole number of minutes, 0 to 1440.")

        await before.fill("15")
        await expect(switch).to_be_disabled()
        await expect(card).to_contain_text("once you have seen whom it would keep out")
        await see.click()
        shown = card.get_by_role("region", name="Whom it would keep out")
        await expect(shown.get_by_role("status")).to_contain_text("would be refused at some time", timeout=PATIENCE)
        flips = shown.get_by_role("table", name="Whose verdict would be another").get_by_role("row")
        await expect(flips.nth(1)).to_contain_text("Allowed → Refused")
        await expect(switch).to_be_enabled()
        await page.screenshot(path=PICTURES / "shift-rule-seen.png", animations="disabled", full_page=True)

        # Of other graces nothing was seen.
        await before.fill("20")
        await expect(switch).to_be_disabled()
        await expect(flips).to_have_count(0)
        await before.press("Enter")
        await expect(switch).to_be_enabled(timeout=PATIENCE)
        await switch.press("Enter")
        await expect(card.get_by_role("status").first).to_contain_text("Switched on.", timeout=PATIENCE)
        await expect(card).to_contain_text("from 20 minutes before it until 15 minutes after it")
        await expect(card).to_contain_text("by Avery Admin")
        await reaches(desk, "refused")
        async with demo.admin() as admin:
            kept = (await admin.get("/api/v2/telephony/settings")).json()[RULE]
        assert (kept["enabled"], kept["graceBeforeMinutes"], kept["overrideDefaultMinutes"]) == (True, 20, 60)

        await card.get_by_role("button", name="Switch off").press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name="Switch it off").press("Enter")
        await expect(card.get_by_role("status").first).to_contain_text("Switched off.", timeout=PATIENCE)
        await desk.reload()
        await reaches(desk, "ready")


async def test_somebody_is_let_in_for_a_time(demo: Demo, browser: Browser) -> None:
    agent = await gated_agent(demo, switched_on=True)
    async with opened(browser, demo) as desk, opened(browser, demo, "dark") as page:
        await sign_in(desk, agent)
        await reaches(desk, "refused")
        await open_rule(page, demo, demo.ready["admin"])

        card = page.get_by_role("region", name="Overrides")
        await expect(card).to_contain_text("Nobody is let in", timeout=PATIENCE)
        await card.get_by_role("button", name="Let somebody in").press("Enter")
        form = page.get_by_role("dialog")
        await form.get_by_role("combobox", name="Whom").fill(agent["name"][:6])
        await page.get_by_role("option", name=agent["name"]).click(timeout=PATIENCE)
        minutes = form.get_by_label("For how many minutes from now")
        await minutes.fill("600")
        await form.get_by_label("Why").fill("Covers for a colleague")
        await form.get_by_role("button", name="Let them in").click()
        await expect(minutes).to_have_accessible_description(
            re.compile("an override lasts 480 minutes at most"), timeout=PATIENCE
        )
        await minutes.fill("30")
        await form.get_by_role("button", name="Let them in").press("Enter")
        await expect(card.get_by_role("status")).to_contain_text(f"Let in: {agent['name']}, until", timeout=PATIENCE)
        line = card.get_by_role("list", name="Overrides").get_by_role("listitem")
        await expect(line).to_contain_text("Covers for a colleague")
        await expect(line).to_contain_text("by Avery Admin")
        await desk.reload()
        await reaches(desk, "ready")
        await page.screenshot(path=PICTURES / "shift-rule-overrides.png", animations="disabled", full_page=True)
        await line.get_by_role("button", name=f"End the override: {agent['name']}").press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name="End the override").press("Enter")
        await expect(card.get_by_role("status")).to_contain_text("is let in no more", timeout=PATIENCE)
        await expect(line).to_have_count(0)
        await reaches(desk, "refused")
        await card.get_by_role("checkbox", name="Also overrides that ended").focus()
        await page.keyboard.press("Space")
        await expect(line).to_contain_text("Ended early", timeout=PATIENCE)
        await expect(line).to_contain_text("by Avery Admin.")


async def test_a_role_is_excepted_and_no_more(demo: Demo, browser: Browser) -> None:
    agent = await gated_agent(demo, switched_on=True)
    async with opened(browser, demo) as desk, opened(browser, demo) as page:
        await sign_in(desk, agent)
        await reaches(desk, "refused")
        await open_rule(page, demo, demo.ready["admin"])
        card = page.get_by_role("region", name="Exceptions")
        await card.get_by_role("button", name="Except somebody").press("Enter")
        form = page.get_by_role("dialog")
        await choose_in(form, "Whom it would not concern", "Whoever holds a role")
        await form.get_by_role("button", name="Except them").click()
        await expect(form.get_by_role("alert")).to_have_text("Say which role the rule would not concern.")
        await choose_in(form, "Role", "Agent")
        await form.get_by_label("Why").fill("Works at any hour")
        until = form.get_by_label("Until")
        await until.fill("2020-01-01T00:00")
        await form.get_by_role("button", name="Except them").click()
        await expect(until).to_have_accessible_description(re.compile("is not in the future"), timeout=PATIENCE)
        await until.fill("")
        await form.get_by_role("button", name="Except them").press("Enter")
        await expect(card.get_by_role("status")).to_contain_text("does not concern Agent", timeout=PATIENCE)
        line = card.get_by_role("list", name="Exceptions").get_by_role("listitem")
        await expect(line).to_contain_text("Works at any hour")
        await expect(line).to_contain_text("With no end.")
        await desk.reload()
        await reaches(desk, "ready")
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 860})
            assert await fits(page)
        await page.screenshot(path=PICTURES / "shift-rule-narrow.png", animations="disabled", full_page=True)
        await line.get_by_role("button", name="End the exception: Agent").press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name="End the exception").press("Enter")
        await expect(card.get_by_role("status")).to_contain_text("concerns Agent again", timeout=PATIENCE)
        await reaches(desk, "refused")


async def test_a_supervisor_lets_in_and_changes_nothing_else(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        card = await open_rule(page, demo, demo.ready["supervisors"][0])
        await expect(card).to_contain_text("settings are not for you to see", timeout=PATIENCE)
        await expect(card.get_by_role("button")).to_have_count(0)
        await expect(page.get_by_role("button", name="Let somebody in")).to_be_visible()
        await expect(page.get_by_role("region", name="Exceptions")).to_contain_text("Nobody is excepted")
        await expect(page.get_by_role("button", name="Except somebody")).to_have_count(0)


async def test_the_page_reads_what_it_wrote(demo: Demo, browser: Browser) -> None:
    """Its reads name the revision of its last write; one that the server refuses is dropped, and the read made again."""
    reads: list[Request] = []
    async with opened(browser, demo) as page:
        await sign_in(page, demo.ready["admin"])
        # A channel that comes up may bring news of what no replica has: nothing is named then, until the next write.
        await reaches(page, "ready")
        await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Why").click()
        await page.get_by_role("tab", name="Shift rule").click(timeout=PATIENCE)
        card = page.get_by_role("region", name="Softphone only within a shift")
        lasts = card.get_by_label("An override lasts, minutes")
        await lasts.fill("60", timeout=PATIENCE)
        page.on("request", lambda each: reads.append(each) if is_read_of_settings(each) else None)
        async with page.expect_response(is_write_of_settings) as changed:
            await card.get_by_role("button", name="Change, still off").press("Enter")
        told = await (await changed.value).header_value("shiftline-revision")
        assert told is not None
        assert re.fullmatch(r"r1-[0-9a-f]{16}", told)
        await expect(card.get_by_role("status").first).to_contain_text("Changed.", timeout=PATIENCE)
        await expect(lasts).to_have_value("60")
        assert await reads[0].header_value("shiftline-min-revision") == told

        async def spoil(route: Route) -> None:
            """A revision of another installation, as after a restore."""
            if route.request.method == "GET":
                await route.continue_()
                return
            # Only a browser knows the hosts below localhost.
            answer = await route.fetch(url=route.request.url.replace("//api.", "//"))
            await route.fulfill(response=answer, headers={**answer.headers, "shiftline-revision": "r9-elsewhere"})

        await page.route(is_settings, spoil)
        await lasts.fill("90")
        reads.clear()
        async with page.expect_response(
            lambda each: is_read_of_settings(each.request) and each.status == 400
        ) as refused:
            await card.get_by_role("button", name="Change, still off").press("Enter")
        assert (await (await refused.value).json())["details"][0]["fieldName"] == "shiftline-min-revision"
        await expect(card.get_by_role("status").first).to_contain_text("Changed.", timeout=PATIENCE)
        await expect(lasts).to_have_value("90")
        named = [await each.header_value("shiftline-min-revision") for each in reads]
        assert named[:2] == ["r9-elsewhere", None]


def is_settings(url: str) -> bool:
    return url.endswith("/api/v2/telephony/settings")


def is_read_of_settings(request: Request) -> bool:
    return request.method == "GET" and is_settings(request.url)


def is_write_of_settings(response: Any) -> bool:
    return response.request.method == "PUT" and is_settings(response.url)
