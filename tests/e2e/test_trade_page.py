"""A shift changes hands on the page: offered and taken by the keyboard alone, approved by whoever leads the team."""

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from e2e.stage import Demo
from e2e.test_page import opened, reaches, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("trades, legal")]

SHIFT = "Sat 28 Oct, 06:00\N{EN DASH}14:00"
FOCUSED = """() => {
  const at = document.activeElement;
  const name = at.getAttribute('aria-label') || document.getElementById(at.getAttribute('aria-labelledby'))?.innerText;
  return at === document.body ? '' : (name || at.innerText).slice(0, 200);
}"""


async def tab_to(page: Page, name: str, most: int = 60) -> None:
    """Go on with the tabulator until what has a name is reached."""
    reached: list[str] = []
    for _ in range(most):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate(FOCUSED))
        if name in reached[-1]:
            return
    raise AssertionError(f"{name} is not reached, but {reached}")


async def choose_day(page: Page, day: str) -> None:
    """Choose a day of the shown week in its list, which has the keyboard."""
    option = page.get_by_role("option", name=day)
    await page.keyboard.press("Home")
    for _ in range(7):
        if await option.get_attribute("aria-selected") == "true":
            return
        await page.keyboard.press("ArrowDown")
    await expect(option).to_have_attribute("aria-selected", "true")


def week_of(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Days of the week")


async def keeps_width(page: Page) -> None:
    """Nothing is wider than the narrowest telephone."""
    size = page.viewport_size
    await page.set_viewport_size({"width": 320, "height": 860})
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if size is not None:
        await page.set_viewport_size(size)


async def offer_saturday(page: Page) -> None:
    """Offer the shift of Saturday from one's own week, to all and for nothing."""
    await tab_to(page, "27 October, today")
    await choose_day(page, "28 October")
    await tab_to(page, f"Offer for trade: {SHIFT}")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name=f"Offer {SHIFT}")).to_be_visible()
    await tab_to(page, "Offer it")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("Offered for trade")).to_be_visible()
    # The button is gone; the keyboard stands at what was done.
    await expect(page.get_by_role("status").filter(has_text=f"You offer {SHIFT}.")).to_be_focused()


async def take_saturday(page: Page) -> None:
    """Take it, after what the rules say and what both are paid."""
    offers = page.get_by_role("region", name="Offers that you could take")
    await expect(offers).to_contain_text("Ben Carter, for nothing")
    await tab_to(page, SHIFT)
    await page.keyboard.press("Enter")
    await expect(offers.get_by_role("list", name="What the rules say")).to_contain_text("rule that was judged holds")
    await expect(offers.get_by_role("row", name="You")).to_contain_text("+7 h 30 m")
    await expect(offers.get_by_role("row", name="Ben Carter")).to_contain_text("\N{MINUS SIGN}7 h 30 m")
    await keeps_width(page)
    await tab_to(page, "Take it")
    await page.keyboard.press("Enter")
    trades = page.get_by_role("region", name="Shift trades")
    await expect(trades.get_by_role("status").filter(has_text="It waits for approval")).to_be_focused()
    await expect(offers).to_contain_text("Nothing that you could take is offered")


async def approve_saturday(page: Page) -> None:
    """Approve it, among what waits for whoever leads the team."""
    text = f"Ben Carter\N{RIGHT SINGLE QUOTATION MARK}s shift {SHIFT} goes to Ana Ruiz"
    trade = page.get_by_role("article", name=text)
    await expect(trade.get_by_role("list", name="What the rules say")).to_contain_text("Not judged:")
    await keeps_width(page)
    await tab_to(page, "Approve: Ben Carter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("No trade waits for approval.")).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text="Approved: Ben Carter")).to_be_focused()


async def test_a_shift_is_offered_and_taken_by_keyboard_and_approved_by_whoever_leads(
    demo: Demo, browser: Browser
) -> None:
    async with opened(browser, demo) as ben, opened(browser, demo) as ana, opened(browser, demo, "dark") as lead:
        for page, agent in ((ben, demo.agent(1)), (ana, demo.agent(0))):
            await sign_in(page, agent)
            await reaches(page, "ready")
            await expect(week_of(page)).to_be_visible()
            # Nobody who leads no team has more than their desk.
            await expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)
        await expect(ana.get_by_role("option", name="28 October")).to_contain_text("no shift")

        await offer_saturday(ben)
        own = ben.get_by_role("region", name="Your trades")
        await expect(own).to_contain_text(f"Your shift {SHIFT}, offered for nothing in return")
        await expect(own).to_contain_text("Open until Sat 28 Oct, 06:00.")
        await expect(ben.get_by_role("option", name="28 October")).to_contain_text("In trade")
        await keeps_width(ben)

        # Nobody is told of an offer to all: it is found when the page looks again.
        await ana.reload()
        await reaches(ana, "ready")
        await take_saturday(ana)
        # The other side hears of it, with what they would be paid while they can still take it back.
        await expect(own).to_contain_text("Waits for approval")
        await expect(own.get_by_role("row", name="You")).to_contain_text("\N{MINUS SIGN}7 h 30 m")

        await sign_in(lead, demo.ready["admin"])
        await lead.get_by_role("link", name="Team").click()
        await expect(lead).to_have_url(f"https://apps.localhost:{demo.port}/team")
        await approve_saturday(lead)

        for page, hours in ((ben, "no shift"), (ana, "06:00 to 14:00")):
            await expect(page.get_by_role("option", name="28 October")).to_contain_text(hours)
            mine = page.get_by_role("region", name="Your trades")
            await expect(mine.get_by_text("Approved", exact=True)).to_be_visible()
            await expect(mine).to_contain_text("Whoever reviews trades approved it.")


async def test_time_off_is_asked_for_answered_with_a_note_and_cancelled(demo: Demo, browser: Browser) -> None:
    agent = demo.agent(2)
    async with opened(browser, demo) as page, opened(browser, demo) as lead:
        await sign_in(page, agent)
        await reaches(page, "ready")
        await page.get_by_role("button", name="Ask for time off").click()
        asking = page.get_by_role("dialog", name="Ask for time off")
        await asking.get_by_role("button", name="Ask", exact=True).click()
        await expect(asking.get_by_role("alert")).to_have_text("Choose the first day.")
        await asking.get_by_label("First day").fill("2023-11-20")
        await asking.get_by_label("Note").fill("My sister comes to visit.")
        await asking.get_by_role("button", name="Ask", exact=True).click()
        mine = page.get_by_role("region", name="Time off requests")
        await expect(mine.get_by_role("status")).to_contain_text("Asked for: Mon 20 Nov 2023, all day.")
        await expect(mine.get_by_text("Pending")).to_be_visible()

        await sign_in(lead, demo.ready["admin"])
        await lead.get_by_role("link", name="Team").click()
        request = lead.get_by_role("article", name=f"{agent['name']}, Mon 20 Nov 2023, all day")
        note = request.get_by_label("Note, which the agent sees")
        await expect(note).to_have_value("My sister comes to visit.")
        await note.fill("My sister comes to visit. Enjoy it!")
        await request.get_by_role("button", name="Approve").click()
        await expect(request).to_have_count(0)
        # A server that tells no adherence is not taken for a team without any.
        board = lead.get_by_role("region", name="Adherence now")
        await expect(board.get_by_role("grid").or_(board.get_by_text("does not tell adherence"))).to_be_visible()

        await expect(mine.get_by_text("Approved")).to_be_visible()
        await expect(mine).to_contain_text("Enjoy it!")
        await page.get_by_role("button", name="Cancel Mon 20 Nov 2023, all day").click()
        await expect(mine.get_by_role("status")).to_contain_text("Cancelled: Mon 20 Nov 2023")
        await expect(mine.get_by_text("Cancelled", exact=True)).to_be_visible()


async def test_an_offer_to_one_colleague_for_another_shift_says_what_is_wrong_and_is_withdrawn(
    demo: Demo, browser: Browser
) -> None:
    giver, target = demo.agent(4), demo.agent(5)
    async with opened(browser, demo) as page, opened(browser, demo) as other:
        await sign_in(page, giver)
        await reaches(page, "ready")
        await page.get_by_role("button", name="Next week").click()
        await page.get_by_role("option", name="1 November").click()
        await page.get_by_role("button", name="for trade").click()
        form = page.get_by_role("dialog", name="Offer Wed 1 Nov")
        await form.get_by_role("button", name="In return for").click()
        await page.get_by_role("option", name="A shift of theirs").click()
        await form.get_by_label("Day").fill("2023-11-01")
        await form.get_by_role("button", name="Another time").click()
        await form.get_by_label("Day").nth(1).fill("2023-11-01")
        await form.get_by_role("button", name="Offered to").click()
        await page.get_by_role("option", name="One colleague").click()
        await form.get_by_role("searchbox", name="Name").fill(target["name"])
        await form.get_by_role("option", name=target["name"]).click()
        await form.get_by_role("button", name="Offer it").click()
        # What the server refuses is said in its words, with the reader's times.
        await expect(form.get_by_role("alert")).to_contain_text("overlap")
        await expect(form.get_by_role("alert")).to_contain_text("Wed, 1 Nov 2023, 00:00")
        await form.get_by_role("button", name="Take time 2 away").click()
        await form.get_by_role("button", name="Offer it").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        mine = page.get_by_role("region", name="Your trades")
        await expect(mine).to_contain_text(f"offered to {target['name']} for another shift")

        await sign_in(other, target)
        await reaches(other, "ready")
        offers = other.get_by_role("region", name="Offers that you could take")
        await expect(offers).to_contain_text(f"{giver['name']}, for a shift of yours, offered to you alone")
        await offers.get_by_role("button", name="Wed 1 Nov").click()
        await expect(offers.get_by_role("button", name="You give")).to_contain_text("Wed 1 Nov, 06:00")
        await expect(offers.get_by_role("list", name="What the rules say")).to_contain_text("hold")
        await expect(offers.get_by_role("row", name="You")).to_contain_text("the same")

        await mine.get_by_role("button", name="Withdraw Wed 1 Nov").click()
        await expect(page.get_by_role("status").filter(has_text="You keep Wed 1 Nov")).to_be_focused()
        await expect(mine.get_by_text("Withdrawn", exact=True)).to_be_visible()
        await expect(page.get_by_role("button", name="Offer for trade: Wed 1 Nov")).to_be_visible()


async def test_whoever_leads_no_team_is_told_why_they_see_none(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        await sign_in(page, demo.agent(2))
        await page.goto(f"https://apps.localhost:{demo.port}/team")
        trades = page.get_by_role("region", name="Shift trades to approve")
        await expect(trades).to_contain_text("Trades are not for you to see: ")
        await expect(page.get_by_role("region", name="Time off to approve")).to_contain_text("wfm:timeOffRequest")
