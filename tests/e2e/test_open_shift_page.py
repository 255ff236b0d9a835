"""An open shift on the page: a planner leaves it open, an agent sees what stands against taking it, and takes one by keyboard."""

import pytest
from playwright.async_api import Browser, expect

from e2e.stage import Demo
from e2e.test_page import opened, reaches, sign_in
from e2e.test_trade_page import keeps_width, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("trade-page")]

SATURDAY = "Sat 28 Oct, 06:00\N{EN DASH}14:00"
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
