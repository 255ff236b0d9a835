"""WebRTC goes off for everybody: the page says why, what changed and who did it, and whom the shift rule would keep out."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from e2e.stage import Demo
from e2e.test_access_story import set_webrtc
from e2e.test_page import PICTURES, opened, reaches, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("keeping-page")]

PATIENCE: Any = 30_000
"""Milliseconds."""
TOLD = re.compile(r"Told \S+ in [\d.]+ m?s")
LATELY = re.compile(r"In the last 15 minutes .+ told to live sessions")


@pytest.fixture(autouse=True)
async def webrtc_again(demo: Demo) -> AsyncIterator[None]:
    """Whatever a test leaves behind, the next one of this demo finds WebRTC on and nothing asserted."""
    PICTURES.mkdir(exist_ok=True)
    yield
    await set_webrtc(demo, enabled=True)
    async with demo.admin() as admin:
        for each in (await admin.get("/api/v2/shiftline/access/assertions")).json()["entities"]:
            await admin.delete(f"/api/v2/shiftline/access/assertions/{each['id']}")


async def choose(page: Page, field: str, choice: str) -> None:
    """Choose in a field by keyboard: its button's name begins with what is chosen."""
    await page.get_by_role("button", name=field).focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("option", name=choice, exact=True).click()


async def ask_about(page: Page, agent: dict[str, Any]) -> Locator:
    """Ask about somebody, found by name and by keyboard; returns the answer's place."""
    person = page.get_by_role("combobox", name="Person")
    await person.fill(agent["name"][:6])
    await expect(page.get_by_role("option", name=agent["name"])).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("option", name="Adam Scott")).to_have_count(0)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(person).to_have_value(agent["name"])
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Ask", exact=True).press("Enter")
    return page.get_by_role("region", name="The answer")


async def ask_until(page: Page, button: str, wanted: Locator) -> None:
    """Ask again until something is there: nodes say every five seconds what they had."""
    async with asyncio.timeout(60):
        while not await wanted.count():
            await page.get_by_role("button", name=button, exact=True).press("Enter")
            await asyncio.sleep(1)


async def fits(page: Page) -> bool:
    return await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_why_and_what_changed_name_who_did_it(demo: Demo, browser: Browser) -> None:
    agent = demo.agent(4)
    async with opened(browser, demo) as desk, opened(browser, demo) as page:
        await sign_in(desk, agent)
        await reaches(desk, "ready")
        await set_webrtc(demo, enabled=False)
        await reaches(desk, "refused")

        await sign_in(page, demo.ready["admin"])
        await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Why").click(timeout=PATIENCE)
        answer = await ask_about(page, agent)
        await expect(answer).to_contain_text(f"{agent['name']} may not connect the softphone", timeout=PATIENCE)
        gates = answer.get_by_role("table", name="All that was checked").get_by_role("row")
        await expect(gates.nth(1)).to_contain_text("Does not hold: WebRTC is disabled for the whole tenant")
        await expect(gates.nth(1)).to_contain_text("Avery Admin")
        await expect(gates.nth(2)).to_contain_text("Holds: ")
        await expect(answer).to_contain_text("What helps")
        await expect(answer).to_contain_text("Not the reason")
        await expect(answer).to_contain_text(
            "The agent is told: You cannot connect your softphone. Softphones are switched off"
        )
        await expect(answer).to_contain_text(re.compile(r"from all that stood at revision r1-[0-9a-f]{16}"))
        await page.screenshot(path=PICTURES / "why.png", animations="disabled", full_page=True)

        attempts = page.get_by_role("list", name="Attempts").get_by_role("listitem")
        await expect(attempts.filter(has_text="Allowed").first).to_be_visible(timeout=PATIENCE)
        await attempts.get_by_role("button", name="Open this decision").first.press("Enter")
        await expect(attempts.first.get_by_role("table", name="All that was checked")).to_be_visible(timeout=PATIENCE)
        assert await fits(page)

        await page.get_by_role("tab", name="Why").focus()
        await page.keyboard.press("ArrowRight")
        await expect(page.get_by_role("tab", name="What changed")).to_have_attribute("aria-selected", "true")
        change = page.get_by_role("list", name="Changes").get_by_role("listitem").filter(has_text="Refused").last
        await expect(change).to_contain_text("by Avery Admin", timeout=PATIENCE)
        await expect(change).to_contain_text("WebRTC is enabled for the tenant.")
        done = change.get_by_role("list", name="What was done")
        await expect(done).to_contain_text("By Avery Admin")
        await ask_until(page, "Compare", done.filter(has_text=TOLD))

        await look_at_lanes(page)
        await page.screenshot(path=PICTURES / "what-changed.png", animations="disabled", full_page=True)
        assert await fits(page)


async def look_at_lanes(page: Page) -> None:
    """A lane for each room, by keyboard; when the nodes had what is chosen, and how long news takes."""
    lanes = page.get_by_role("list", name="Lanes").locator("> li")
    await expect(lanes).to_have_count(8, timeout=PATIENCE)
    await expect(lanes.filter(has_text="Recording")).to_contain_text("quiet")
    await expect(lanes.last.locator("[data-kind=refused]").first).to_be_visible()
    await lanes.last.get_by_role("button").last.focus()
    await page.keyboard.press("Home")
    shown = page.get_by_role("region", name="around what is chosen")
    first = await shown.get_by_role("status").inner_text()
    await page.keyboard.press("ArrowRight")
    await expect(shown.get_by_role("status")).not_to_have_text(first)
    await page.keyboard.press("End")
    await lanes.filter(has_text="Presence").get_by_role("button").first.click()
    await expect(shown.locator("[aria-current=true]")).to_contain_text(TOLD)
    figure = page.get_by_role("region", name="How long news takes")
    await expect(figure).to_contain_text(LATELY, timeout=PATIENCE)
    node = figure.get_by_role("table", name="By node").get_by_role("row").nth(1)
    await expect(node).to_contain_text("Just now", timeout=PATIENCE)


async def test_of_oneself_everybody_is_told_and_of_nobody_else(demo: Demo, browser: Browser) -> None:
    agent = demo.agent(5)
    await set_webrtc(demo, enabled=False)
    await set_webrtc(demo, enabled=True)
    async with opened(browser, demo) as desk:
        await sign_in(desk, agent)
        await reaches(desk, "ready")
        await desk.get_by_role("button", name=agent["name"]).click()
        await desk.get_by_role("menuitem", name="Your access").click()
        await expect(desk.get_by_role("region", name="The answer")).to_contain_text("Allowed", timeout=PATIENCE)
        await expect(desk.get_by_role("combobox", name="Person")).to_have_count(0)
        await expect(desk.get_by_role("tab", name="What if")).to_have_count(0)
        await desk.get_by_role("tab", name="What changed").click()
        await expect(desk.get_by_role("list", name="Changes")).to_contain_text("WebRTC", timeout=PATIENCE)
        await expect(desk.get_by_role("region", name="Timeline")).to_be_visible()
        await expect(desk.get_by_role("region", name="How long news takes")).to_have_count(0)
        await expect(desk.get_by_text(TOLD)).to_have_count(0)


async def test_the_shift_rule_is_tried_before_it_keeps_anybody_out(demo: Demo, browser: Browser) -> None:
    agent = demo.agent(4)
    async with opened(browser, demo, "dark") as page:
        await sign_in(page, demo.ready["admin"])
        await page.goto(f"https://apps.localhost:{demo.port}/why?part=what-if")
        trial = page.get_by_role("region", name="What would be")
        await page.get_by_role("button", name="Try it").click(timeout=PATIENCE)
        await expect(page.get_by_role("alert")).to_have_text("Say which setting would be another.")
        await choose(page, "Softphone only within a shift", "On")
        await page.get_by_label("Grace before a shift, minutes").fill("15")
        await page.get_by_label("Grace after a shift, minutes").fill("30")
        await page.get_by_label("Grace after a shift, minutes").press("Enter")
        await expect(trial.get_by_role("status")).to_contain_text("would be refused at some time", timeout=PATIENCE)
        flips = trial.get_by_role("table", name="Whose verdict would be another").get_by_role("row")
        await expect(flips.nth(1)).to_contain_text("Allowed → Refused")
        await expect(flips.nth(1)).to_contain_text("shift")
        await page.screenshot(path=PICTURES / "what-if.png", animations="disabled")
        assert await fits(page)

        card = page.get_by_role("region", name="Assertions")
        await card.get_by_role("button", name="Assert something").press("Enter")
        form = page.get_by_role("dialog")
        await form.get_by_label("Name").fill("The night is covered")
        await form.get_by_role("combobox", name="Of whom").fill(agent["name"][:6])
        await page.get_by_role("option", name=agent["name"]).click(timeout=PATIENCE)
        await expect(form.get_by_role("list", name="Of whom")).to_contain_text(agent["name"])
        await form.get_by_label("Time on the wall").fill("03:00")
        await form.get_by_label("Of the zone").fill("Nowhere/Land")
        await form.get_by_role("button", name="Assert it").click()
        await expect(form.get_by_role("alert")).to_contain_text("Not asserted", timeout=PATIENCE)
        await form.get_by_label("Of the zone").fill("America/Chicago")
        await form.get_by_role("button", name="Assert it").click()
        await expect(card.get_by_role("status")).to_have_text("Asserted: The night is covered.", timeout=PATIENCE)
        line = card.get_by_role("list", name="Assertions").get_by_role("listitem").first
        await expect(line).to_contain_text("Holds")
        await expect(line).to_contain_text(f"{agent['name']} may connect at 03:00 Chicago, Monday to Friday.")

        # What was asserted is heeded by what is tried: the change would not be made, and that is said first.
        await page.get_by_role("button", name="Try it").click()
        await expect(trial.get_by_role("alert")).to_contain_text("The night is covered", timeout=PATIENCE)
        await page.screenshot(path=PICTURES / "what-if-refused.png", animations="disabled", full_page=True)
        await card.get_by_role("button", name="Delete: The night is covered").press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name="Delete it").press("Enter")
        await expect(card).to_contain_text("Nothing is asserted yet.", timeout=PATIENCE)


async def test_several_changes_are_tried_at_once(demo: Demo, browser: Browser) -> None:
    agent, other = demo.agent(4), demo.agent(6)
    async with opened(browser, demo) as page:
        await sign_in(page, demo.ready["admin"])
        await page.goto(f"https://apps.localhost:{demo.port}/why?part=what-if")
        trial = page.get_by_role("region", name="What would be")
        first, second, third = (page.get_by_role("listitem", name=f"Change {number}") for number in (1, 2, 3))

        await choose_in(first, "What", "permissions")
        await choose_in(first, "Role", "Agent")
        held = first.get_by_role("group", name="Permissions that it would have")
        await expect(held.get_by_role("checkbox", name="webRTC:enable")).to_be_checked(timeout=PATIENCE)
        await page.get_by_role("button", name="Try it").click()
        await expect(page.get_by_role("alert")).to_have_text("Say which permission the role would lose or gain.")
        await held.get_by_role("checkbox", name="webRTC:enable").focus()
        await page.keyboard.press("Space")
        await choose_in(first, "One more permission", "access:decision:view")
        await expect(held.get_by_role("checkbox", name="access:decision:view")).to_be_checked()
        await page.screenshot(path=PICTURES / "what-if-role.png", animations="disabled", full_page=True)

        await page.get_by_role("button", name="Another change").click()
        await choose_in(second, "What", "state")
        await second.get_by_role("combobox", name="Whose").fill(other["name"][:6])
        await page.get_by_role("option", name=other["name"]).click(timeout=PATIENCE)
        await page.get_by_role("button", name="Another change").click()
        await choose_in(third, "What", "state")
        await third.get_by_role("combobox", name="Whose").fill(other["name"][:6])
        await page.get_by_role("option", name=other["name"]).click(timeout=PATIENCE)
        await choose_in(third, "State", "Active")
        await page.get_by_role("button", name="Try it").click()
        await expect(third.get_by_role("alert")).to_contain_text("contradicts changes[1]", timeout=PATIENCE)
        await third.get_by_role("button", name="Leave out change 3").press("Enter")
        await expect(third).to_have_count(0)

        await page.get_by_role("button", name="Try it").click()
        flips = trial.get_by_role("table", name="Whose verdict would be another").get_by_role("row")
        row = flips.filter(has_text=agent["name"])
        await expect(row).to_contain_text("Allowed → Refused", timeout=PATIENCE)
        await expect(row.get_by_role("link", name="What permission.missing means")).to_be_visible()
        await expect(flips.filter(has_text=other["name"]).get_by_role("link", name="person.inactive")).to_be_visible()


async def test_each_kind_of_change_is_sent_as_it_is_chosen(demo: Demo, browser: Browser) -> None:
    agent = demo.agent(4)
    async with opened(browser, demo) as page:
        await sign_in(page, demo.ready["admin"])
        await page.goto(f"https://apps.localhost:{demo.port}/why?part=what-if")
        trial = page.get_by_role("region", name="What would be")
        first, second, third = (page.get_by_role("listitem", name=f"Change {number}") for number in (1, 2, 3))
        await choose_in(first, "What", "put back")
        await choose_in(first, "Schedule", None)
        await choose_in(first, "Revision", None)
        await page.get_by_role("button", name="Another change").click()
        await choose_in(second, "What", "A role given")
        await second.get_by_role("combobox", name="Whose").fill(agent["name"][:6])
        await page.get_by_role("option", name=agent["name"]).click(timeout=PATIENCE)
        await choose_in(second, "Role", "Agent")
        await choose_in(second, "Division", "Home")
        await page.get_by_role("button", name="Another change").click()
        await choose_in(third, "What", "An exception")
        await choose_in(third, "Whom it would not concern", "Whoever holds a role")
        await choose_in(third, "Role", "Supervisor")
        await choose_in(page, "What they would do", "Receive calls")
        async with page.expect_request("**/access/simulate") as sent:
            await page.get_by_role("button", name="Try it").click()
        asked: Any = (await sent.value).post_data_json
        assert asked["action"] == "receive"
        assert [each["kind"] for each in asked["changes"]] == ["revert", "grant", "exception"]
        assert asked["changes"][1]["division_id"] != "*"
        assert asked["changes"][2]["subject"] == "role"
        await expect(trial.get_by_role("status").or_(trial.get_by_role("alert"))).to_be_visible(timeout=PATIENCE)
        await page.screenshot(path=PICTURES / "what-if-several.png", animations="disabled", full_page=True)
        assert await fits(page)


async def choose_in(place: Locator | Page, field: str, choice: str | None) -> None:
    """Choose in a field of a place what has a text, once there is something to choose from; None: the first."""
    page = place.page if isinstance(place, Locator) else place
    # A field's button is named by what is chosen, then by its label.
    name = re.compile(rf"{re.escape(field)}$")
    button = place.get_by_role("button", name=name)
    await expect(button).not_to_contain_text("Being read", timeout=PATIENCE)
    await button.focus()
    await page.keyboard.press("Enter")
    option = page.get_by_role("option")
    await (option if choice is None else page.get_by_role("option", name=choice)).first.click()


async def test_a_code_leads_to_what_it_means(demo: Demo, browser: Browser) -> None:
    agent = demo.agent(5)
    await set_webrtc(demo, enabled=False)
    async with opened(browser, demo) as page:
        await sign_in(page, agent)
        await reaches(page, "refused")
        # The same codes on the desk, for whoever is refused.
        desk = page.get_by_role("region", name="Softphone")
        await desk.get_by_role("link", name="What tenant.webrtc_disabled means").first.press("Enter")
        await expect(page.get_by_role("heading", name="WebRTC is switched off for the tenant")).to_be_visible()
        await expect(page).to_have_url(re.compile(r"/why/reasons/tenant\.webrtc_disabled$"))
        text = page.get_by_role("article")
        await expect(text.get_by_role("heading")).to_have_text(
            ["What it means", "How it comes about", "What lifts it", "What does not lift it"]
        )
        await expect(text).to_contain_text("PATCH /api/v2/organizations/features/webRTC")
        await page.go_back()
        await reaches(page, "refused")

        await page.goto(f"https://apps.localhost:{demo.port}/why")
        answer = page.get_by_role("region", name="The answer")
        for code in ("tenant.webrtc_disabled", "token.valid", "recording.metadata"):
            await expect(answer.get_by_role("link", name=f"What {code} means")).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("link", name="What each code means").click()
        reasons = page.get_by_role("list", name="Reasons").get_by_role("listitem")
        await expect(reasons.filter(has_text="token.valid")).to_be_visible()
        await page.get_by_role("searchbox", name="Words in their pages").fill("approved TIME off")
        await expect(page.get_by_role("status")).to_contain_text("pages have all of these words")
        await expect(reasons.filter(has_text="token.valid")).to_have_count(0)
        await expect(page).to_have_url(re.compile(r"/why/reasons\?q=approved"))
        await page.screenshot(path=PICTURES / "reasons.png", animations="disabled")
        await reasons.get_by_role("link", name="What shift.time_off means").press("Enter")
        await expect(page.get_by_role("heading", name="because of approved time off")).to_be_visible()
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await fits(page)
        await page.screenshot(path=PICTURES / "reason-narrow.png", animations="disabled", full_page=True)
        await page.goto(f"https://apps.localhost:{demo.port}/why/reasons/timeoff.pendin")
        await expect(page.get_by_role("status")).to_contain_text("Near to it: timeoff.pending")
