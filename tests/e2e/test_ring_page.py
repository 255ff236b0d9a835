"""Three agents exchange their shifts in a ring on the page: searched for by whoever leads, accepted, approved, in force."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from e2e.stage import Demo
from e2e.test_page import opened, sign_in
from e2e.test_trade_page import keeps_width, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page, rings, verification")]

DAY = "2023-11-02"
FARID, GRACE, JACK = 5, 6, 9
GETS = {FARID: JACK, JACK: GRACE, GRACE: FARID}
EARLY, MIDDLE, LATE = (
    f"Thu 2 Nov, {hours}".replace("-", "\N{EN DASH}") for hours in ("06:00-14:00", "09:00-17:00", "13:00-21:00")
)
SECTION, SEARCH = "Exchanges among several", "Look for exchanges among several"


async def shift_of(demo: Demo, who: int) -> dict[str, Any]:
    """Somebody's published shift of the day, as they read it over the API."""
    async with demo.client(demo.agent(who)["accessToken"]) as client:
        asked = {"startDate": f"{DAY}T00:00:00.000Z", "endDate": f"{DAY}T23:00:00.000Z"}
        answer = await client.post("/api/v2/workforcemanagement/agentschedules/mine", json=asked)
    (schedule,) = answer.json()["agentSchedules"]
    (shift,) = [each for each in schedule["shifts"] if each["startDate"].startswith(DAY)]
    return shift


async def offer_all(demo: Demo) -> dict[int, dict[str, Any]]:
    """Each offers their shift of the day for that of the next; no two of them could trade alone."""
    shifts = {who: await shift_of(demo, who) for who in GETS}
    for who, other in GETS.items():
        wanted = datetime.fromisoformat(shifts[other]["startDate"])
        end = wanted + timedelta(minutes=shifts[other]["lengthMinutes"])
        body = {
            "initiatingShift": {
                "id": shifts[who]["id"],
                "schedule": {"id": shifts[who]["schedule"]["id"]},
                "weekDate": shifts[who]["schedule"]["weekDate"],
            },
            "expirationDate": f"{DAY}T00:00:00Z",
            "acceptableIntervals": [{"startDate": wanted.isoformat(), "endDate": end.isoformat()}],
        }
        async with demo.client(demo.agent(who)["accessToken"]) as client:
            offered = await client.post("/api/v2/workforcemanagement/shifttrading/trades/jobs", json=body)
        assert offered.status_code == 201, offered.text
    return shifts


async def open_desk(page: Page, demo: Demo, who: int) -> None:
    await sign_in(page, demo.agent(who))
    # Four browsers start at once: nothing here judges how fast.
    await expect(page.get_by_role("region", name="Softphone")).to_have_attribute("data-state", "ready", timeout=120_000)
    rings = page.get_by_role("region", name=SECTION)
    await expect(rings).to_contain_text("None is proposed to you.")


async def answer(page: Page, move: str, word: str) -> None:
    """Say yes or no by the keyboard, and again when asked whether that is meant."""
    await tab_to(page, f"{word}: {move}", 120)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name=f"Yes, {word.lower()}")).to_be_focused()
    await page.keyboard.press("Enter")


async def test_a_ring_of_three_is_found_accepted_by_all_and_approved(demo: Demo, browser: Browser) -> None:
    before = await offer_all(demo)
    async with (
        opened(browser, demo) as farid,
        opened(browser, demo, "dark") as jack,
        opened(browser, demo) as grace,
        opened(browser, demo) as lead,
    ):
        for page, who in ((farid, FARID), (jack, JACK), (grace, GRACE)):
            await open_desk(page, demo, who)
        await sign_in(lead, demo.ready["admin"])
        await lead.get_by_role("link", name="Team").click()
        reviews = lead.get_by_role("region", name=SECTION)
        await expect(reviews).to_contain_text("No exchange among several waits for approval.")
        await tab_to(lead, SEARCH)
        await lead.keyboard.press("Enter")
        found = "3 offers were looked at: one exchange of 3 shifts in all; it asks the people in it now."
        await expect(reviews.get_by_role("status").filter(has_text=found)).to_be_focused()

        # Each hears of it without reading again, and sees who would get what.
        mine = f"You give {EARLY} and get {MIDDLE}"
        ring = farid.get_by_role("article", name=mine)
        await expect(ring).to_contain_text("Asks all of you")
        await expect(ring.get_by_role("list", name="Who gives and gets what")).to_contain_text(
            f"Grace Kim gives {LATE} and gets {EARLY}"
        )
        await expect(ring.get_by_role("row", name="You")).to_contain_text("the same")
        await keeps_width(farid)
        await tab_to(farid, f"Accept: {mine}", 120)
        await farid.keyboard.press("Enter")
        await expect(farid.get_by_role("button", name="Yes, accept")).to_be_focused()
        await tab_to(farid, "Not yet", 3)
        await farid.keyboard.press("Enter")
        await expect(farid.get_by_role("button", name=f"Accept: {mine}")).to_be_focused()
        await farid.keyboard.press("Enter")
        await expect(farid.get_by_role("button", name="Yes, accept")).to_be_focused()
        await farid.keyboard.press("Enter")
        await expect(farid.get_by_role("status").filter(has_text="1 of 3 have accepted.")).to_be_focused()

        hers = f"You give {LATE} and get {EARLY}"
        await expect(grace.get_by_role("article", name=hers)).to_contain_text("Farid Haddad gives")
        await expect(grace.get_by_role("article", name=hers).get_by_text("accepted", exact=True)).to_be_visible()
        await answer(grace, hers, "Accept")
        his = f"You give {MIDDLE} and get {LATE}"
        await expect(jack.get_by_role("article", name=his)).to_contain_text("2 of 3 have accepted")
        await answer(jack, his, "Accept")
        await expect(jack.get_by_role("status").filter(has_text="It waits for approval.")).to_be_focused()
        await expect(ring.get_by_text("Waits for approval", exact=True)).to_be_visible()
        for who, shift in before.items():
            assert (await shift_of(demo, who))["id"] == shift["id"]

        exchange = reviews.get_by_role("article", name="Exchange among")
        await expect(exchange).to_contain_text("Everybody has accepted.")
        await expect(exchange.get_by_role("region", name="For Grace Kim")).to_contain_text("rule")
        await expect(exchange.get_by_role("table").get_by_role("row")).to_have_count(1 + len(GETS))
        await keeps_width(lead)
        await tab_to(lead, "Approve: Exchange among", 120)
        await lead.keyboard.press("Enter")
        await expect(reviews.get_by_role("status").filter(has_text="Approved: Exchange among")).to_be_focused()
        await expect(reviews).to_contain_text("No exchange among several waits for approval.")
        await expect(ring.get_by_text("Approved", exact=True)).to_be_visible()
        for who, other in GETS.items():
            now = await shift_of(demo, who)
            assert (now["startDate"], now["id"]) == (before[other]["startDate"], before[other]["id"])


async def test_whoever_may_not_review_is_told_so(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        await sign_in(page, demo.agent(2))
        await page.goto(f"https://apps.localhost:{demo.port}/team")
        reviews = page.get_by_role("region", name=SECTION)
        await expect(reviews).to_contain_text("Exchanges are not for you to see: ")
        await reviews.get_by_role("button", name=SEARCH).click()
        await expect(reviews.get_by_role("alert")).to_contain_text("Nothing was searched: ")
