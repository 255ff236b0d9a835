"""An open shift on the page: a planner leaves it open, an agent sees what stands against taking it and claims it, whoever
reviews approves; all of it by keyboard.
"""

from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from e2e.stage import Demo
from e2e.test_page import opened, reaches, sign_in
from e2e.test_trade_page import keeps_width, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("open shifts, call page")]

SATURDAY = "Sat 28 Oct, 06:00\N{EN DASH}14:00"
SUNDAY = "Sun 29 Oct, 09:00\N{EN DASH}17:00"
SECTION = "Open shifts"
TODAY = "Fri 27 Oct, 14:00\N{EN DASH}22:00"


async def leave_open(demo: Demo, start: str, reason: str) -> None:
    """Eight hours of the first agent's management unit, in the week of the founding case."""
    async with demo.admin() as admin:
        path = f"/api/v2/workforcemanagement/agents/{demo.agent()['userId']}/managementunit"
        unit = (await admin.get(path)).json()["managementUnit"]["id"]
        body = {"managementUnitId": unit, "startDate": start, "lengthMinutes": 480, "reason": reason}
        made = await admin.post("/api/v2/shiftline/schedules/sch-987654321/openshifts", json=body)
        assert made.status_code == 201, made.text


async def test_an_open_shift_is_taken_by_keyboard_and_given_back(demo: Demo, browser: Browser) -> None:
    await leave_open(demo, "2023-10-28T06:00:00-05:00", "Saturday sale")
    await leave_open(demo, "2023-10-27T14:00:00-05:00", "Calls after the outage")
    async with opened(browser, demo) as ana:
        await sign_in(ana, demo.agent(0))
        await reaches(ana, "ready")
        shifts = ana.get_by_role("region", name="Open shifts")
        await expect(shifts).to_contain_text("Calls after the outage")
        # She works until 17:00 today: the rule says so, and there is nothing to press.
        await tab_to(ana, TODAY)
        await ana.keyboard.press("Enter")
        await expect(shifts.get_by_role("list", name="What the rules say")).to_contain_text("overlaps one")
        await expect(shifts.get_by_role("button", name=f"Take {TODAY}")).to_have_count(0)
        await tab_to(ana, SATURDAY)
        await ana.keyboard.press("Enter")
        await expect(shifts.get_by_role("row", name="You").last).to_contain_text("+8 h")
        await keeps_width(ana)
        await tab_to(ana, f"Take {SATURDAY}")
        await ana.keyboard.press("Enter")
        told = ana.get_by_role("region", name="Shift trades").get_by_role("status")
        await expect(told.filter(has_text=f"You took {SATURDAY}. It waits for approval.")).to_be_focused()
        await tab_to(ana, f"Give back {SATURDAY}")
        await ana.keyboard.press("Enter")
        await expect(told.filter(has_text="It is open again.")).to_be_focused()
        await expect(shifts).to_contain_text("After approval")


async def open_plan(page: Page, demo: Demo, day: str) -> Locator:
    """The planner's page on a day; its open shifts."""
    await sign_in(page, demo.ready["supervisors"][0])
    await page.get_by_role("link", name="Schedule").click()
    await page.get_by_role("radio", name=day).click()
    return page.get_by_role("region", name=SECTION)


def line_of(section: Locator, when: str) -> Locator:
    return section.get_by_role("list", name="Open shifts of the week").get_by_role("listitem").filter(has_text=when)


async def shifts_of(demo: Demo, number: int, start: str, end: str) -> list[dict[str, Any]]:
    """What the API has in force for an agent, by their own token."""
    async with demo.client(demo.agent(number)["accessToken"]) as client:
        asked = {"startDate": start, "endDate": end}
        answer = await client.post("/api/v2/workforcemanagement/agentschedules/mine", json=asked)
    return [shift for part in answer.json()["agentSchedules"] for shift in part["shifts"]]


async def test_a_planner_leaves_a_shift_open_an_agent_claims_it_and_it_is_approved(
    demo: Demo, browser: Browser
) -> None:
    sunday = ("2023-10-29T05:00:00Z", "2023-10-30T05:00:00Z")
    assert await shifts_of(demo, 0, *sunday) == []
    async with opened(browser, demo) as planner, opened(browser, demo, "dark") as ana, opened(browser, demo) as lead:
        await sign_in(ana, demo.agent(0))
        await reaches(ana, "ready")
        await sign_in(lead, demo.ready["supervisors"][0])
        await lead.get_by_role("link", name="Team").click()
        claims = lead.get_by_role("region", name="Open shifts claimed")
        await expect(claims).to_contain_text("No claim of an open shift waits for approval.")

        section = await open_plan(planner, demo, "Sunday 29 October")
        await tab_to(planner, "Leave a shift open", 150)
        await planner.keyboard.press("Enter")
        form = planner.get_by_role("dialog", name="Leave a shift open")
        await expect(form.get_by_label("Starts")).to_have_value("2023-10-29T09:00")
        await form.get_by_label("Minutes").fill("0")
        await planner.keyboard.press("Enter")
        await expect(form.get_by_role("alert")).to_have_text("Say how many minutes it lasts.")
        await form.get_by_label("Minutes").fill("480")
        await form.get_by_label("Why").fill("Sunday sale")
        await tab_to(planner, "Leave it open", 3)
        await planner.keyboard.press("Enter")
        await expect(section.get_by_role("status").filter(has_text=f"Left open: {SUNDAY}.")).to_be_focused()
        line = line_of(section, SUNDAY)
        await expect(line).to_contain_text("Why: Sunday sale")
        await expect(line.get_by_text("Open", exact=True)).to_be_visible()
        await keeps_width(planner)

        # Nobody is told of what is left open to all: she reads again, sooner or later.
        await ana.reload()
        shifts = ana.get_by_role("region", name=SECTION)
        await expect(shifts).to_contain_text("Sunday sale")
        await tab_to(ana, SUNDAY)
        await ana.keyboard.press("Enter")
        await tab_to(ana, f"Take {SUNDAY}")
        await ana.keyboard.press("Enter")
        told = ana.get_by_role("region", name="Shift trades").get_by_role("status")
        await expect(told.filter(has_text=f"You took {SUNDAY}. It waits for approval.")).to_be_focused()

        # Both pages of whoever leads hear of it without reading again.
        await expect(line).to_contain_text("Claimed by Ana Ruiz.")
        claim = claims.get_by_role("article", name=f"Ana Ruiz would work {SUNDAY}")
        await expect(claim).to_contain_text("Sunday sale")
        await expect(claim.get_by_role("list", name="What the rules say")).to_contain_text("rule")
        await expect(claim.get_by_role("row", name="Ana Ruiz")).to_contain_text("+8 h")
        await keeps_width(lead)
        assert await shifts_of(demo, 0, *sunday) == []
        await tab_to(lead, "Approve: Ana Ruiz", 120)
        await lead.keyboard.press("Enter")
        await expect(claims.get_by_role("status").filter(has_text="Approved: Ana Ruiz would work")).to_be_focused()
        await expect(claims).to_contain_text("No claim of an open shift waits for approval.")

        await expect(line).to_contain_text("Taken by Ana Ruiz, in version")
        await expect(shifts).not_to_contain_text("Sunday sale")
        (hers,) = await shifts_of(demo, 0, *sunday)
        assert (hers["startDate"][:16], hers["lengthMinutes"]) == ("2023-10-29T14:00", 480)


async def test_an_agents_shift_is_left_open_and_withdrawn_at_the_version_that_was_read(
    demo: Demo, browser: Browser
) -> None:
    async with opened(browser, demo) as page:
        section = await open_plan(page, demo, "Saturday 28 October")
        await page.get_by_role("grid", name="Agents on").get_by_role("row", name="Quinn Taylor").click()
        chosen = page.get_by_role("region", name="Quinn Taylor")
        change = chosen.get_by_role("button", name="Change Shift")
        when = "Sat 28 Oct, " + (await change.get_attribute("aria-label") or "").removeprefix("Change Shift ")
        await change.click()
        form = page.get_by_role("dialog", name="Shift")
        await form.get_by_role("button", name="What to do").click()
        await page.get_by_role("option", name="Leave it open for others").click()
        await form.get_by_role("button", name="Put it in the draft").click()
        draft = page.get_by_role("region", name="Draft")
        await expect(draft).to_contain_text("left open for others.")
        await draft.get_by_label("Why, which the agents see").fill("Quinn is ill")
        await draft.get_by_role("button", name="Publish").click()
        line = line_of(section, when).filter(has_text="It was Quinn Taylor\N{RIGHT SINGLE QUOTATION MARK}s.")
        await expect(line).to_contain_text("Why: Quinn is ill")

        # It is changed meanwhile, and the page has not heard of that.
        path = "/api/v2/shiftline/schedules/sch-987654321/openshifts"

        async def fail(route: Route) -> None:
            await route.abort()

        await page.route(f"**{path}?*", fail)
        async with demo.admin() as admin:
            listed = (await admin.get(path)).json()["entities"]
            (left,) = [each for each in listed if each.get("reason") == "Quinn is ill"]
            body = {"metadata": {"version": left["metadata"]["version"]}, "reason": "Quinn is ill till Monday"}
            changed = await admin.patch(f"/api/v2/shiftline/workforce/openshifts/{left['id']}", json=body)
            assert changed.status_code == 200, changed.text
        withdraw = line.get_by_role("button", name=f"Withdraw {when}")
        await withdraw.click()
        await page.get_by_role("button", name="Withdraw it").click()
        said = section.get_by_role("status")
        await expect(said.filter(has_text="Not withdrawn, for it has changed: ")).to_be_focused()
        await page.unroute(f"**{path}?*")
        await expect(line).to_contain_text("till Monday")
        await withdraw.click()
        await page.get_by_role("button", name="Withdraw it").click()
        await expect(said.filter(has_text=f"Withdrawn: {when}.")).to_be_focused()
        await expect(line.get_by_text("Withdrawn", exact=True)).to_be_visible()
        async with demo.admin() as admin:
            left = (await admin.get(f"/api/v2/shiftline/workforce/openshifts/{left['id']}")).json()
        assert left["state"] == "Withdrawn"
