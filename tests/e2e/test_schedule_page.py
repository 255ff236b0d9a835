"""A planner changes the schedule in force on the page: by the keyboard, told what breaks, never losing a draft."""

from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from e2e.stage import Demo
from e2e.test_page import opened, reaches, sign_in
from e2e.test_trade_page import keeps_width, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("schedule, written")]

SCHEDULE = "sch-987654321"
EDITS = f"/api/v2/shiftline/schedules/{SCHEDULE}/edits"
MORNING = "2023-10-28T11:00:00Z"  # 06:00 in Chicago: when Ben Carter's Saturday begins


def planner_of(demo: Demo) -> dict[str, Any]:
    return demo.ready["supervisors"][0]


def number_of(demo: Demo, name: str) -> int:
    return next(number for number, agent in enumerate(demo.ready["agents"]) if agent["name"] == name)


async def open_saturday(page: Page, demo: Demo) -> Locator:
    """The planner's page on Saturday; its list of agents."""
    await sign_in(page, planner_of(demo))
    await page.get_by_role("link", name="Schedule").click()
    await expect(page).to_have_url(f"https://apps.localhost:{demo.port}/schedule")
    await page.get_by_role("radio", name="Saturday 28 October").click()
    agents = page.get_by_role("grid", name="Agents on Saturday 28 October")
    await expect(agents.get_by_role("row", name="Ben Carter")).to_be_visible()
    return agents


def draft_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Draft")


async def saturday_of(demo: Demo, name: str) -> list[dict[str, Any]]:
    """The activities that the API has in force for an agent who works on Saturday, by their own token."""
    async with demo.client(demo.agent(number_of(demo, name))["accessToken"]) as client:
        span = {"startDate": MORNING, "endDate": "2023-10-29T05:00:00Z"}
        answer = await client.post("/api/v2/workforcemanagement/agentschedules/mine", json=span)
    shifts = [shift for part in answer.json()["agentSchedules"] for shift in part["shifts"]]
    return [each for shift in shifts if shift["wallStart"].startswith("2023-10-28") for each in shift["activities"]]


async def version_of(demo: Demo) -> int:
    async with demo.admin() as admin:
        answer = await admin.get(f"/api/v2/shiftline/schedules/{SCHEDULE}/revisions")
    return answer.json()["entities"][0]["number"]


async def choose(page: Page, agents: Locator, *names: str) -> None:
    """Choose agents in the list, which has the keyboard, as one who cannot use a mouse."""
    for name in names:
        row = agents.get_by_role("row", name=name)
        await page.keyboard.press("Home")
        for _ in range(60):
            if await row.evaluate("row => row === document.activeElement"):
                break
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Space")
        await expect(row).to_have_attribute("aria-selected", "true")


async def test_a_meeting_for_several_agents_is_published_by_keyboard_and_reaches_an_open_page(
    demo: Demo, browser: Browser
) -> None:
    names = ("Ben Carter", "Dana White", "Hugo Martin")
    async with opened(browser, demo) as ben, opened(browser, demo) as page:
        await sign_in(ben, demo.agent(number_of(demo, "Ben Carter")))
        await reaches(ben, "ready")
        agents = await open_saturday(page, demo)
        await tab_to(page, "Adam Scott")
        await choose(page, agents, *names)
        await tab_to(page, "Name, which the agents see")
        await page.keyboard.type("All hands")
        await tab_to(page, "Put it in the draft")
        await page.keyboard.press("Enter")
        said = page.get_by_role("status").filter(has_text="In the draft: All hands of 30 m for 3 agents")
        await expect(said).to_be_focused()

        affected = draft_of(page).get_by_role("list", name="Who is affected")
        await expect(affected.get_by_role("listitem")).to_have_count(3)
        ben_told = affected.get_by_role("listitem").filter(has_text="Ben Carter")
        await expect(ben_told).to_contain_text("Sat 28 Oct, 06:00\N{EN DASH}14:00: All hands")
        await expect(ben_told).to_contain_text("the same")
        # Nothing of it is in force, and it is in the planner's rows already.
        assert not any(each.get("description") for each in await saturday_of(demo, "Ben Carter"))
        await expect(agents.get_by_role("row", name="Ben Carter")).to_contain_text("Draft")
        await keeps_width(page)

        before = await version_of(demo)
        await tab_to(page, "Why, which the agents see")
        await page.keyboard.type("The new tariffs")
        await tab_to(page, "Publish")
        await page.keyboard.press("Enter")
        done = page.get_by_role("status").filter(has_text=f"Published as version {before + 1}.")
        await expect(done).to_be_focused()
        await expect(draft_of(page)).to_contain_text("Nothing is drafted")

        for name in names:
            meetings = [each for each in await saturday_of(demo, name) if each.get("description") == "All hands"]
            assert [(each["activityCodeId"], each["lengthMinutes"]) for each in meetings] == [("3", 30)], name
        # Ben's page was open all the while.
        news = ben.get_by_role("region", name="Changes of your schedule")
        await expect(news).to_contain_text("Sat 28 Oct, 06:00\N{EN DASH}14:00: All hands")
        await expect(news).to_contain_text("added")
        await expect(news).to_contain_text("Sofia Chen")
        await expect(news).to_contain_text("The new tariffs")


async def test_one_agents_activities_are_moved_split_and_removed_and_a_broken_rule_is_accepted_by_name(
    demo: Demo, browser: Browser
) -> None:
    async with opened(browser, demo) as page:
        agents = await open_saturday(page, demo)
        await agents.get_by_role("row", name="Quinn Taylor").click()
        chosen = page.get_by_role("region", name="Quinn Taylor")

        async def change(what: str, deed: str, field: str | None = None, value: str = "") -> None:
            await chosen.get_by_role("button", name=f"Change {what}", exact=True).click()
            form = page.get_by_role("dialog", name=what)
            if deed != "Move it":
                await form.get_by_role("button", name="What to do").click()
                await page.get_by_role("option", name=deed).click()
            if field is not None:
                await form.get_by_label(field).fill(value)
            await form.get_by_role("button", name="Put it in the draft").click()
            await expect(page.get_by_role("dialog")).to_have_count(0)

        await change("Break 08:00\N{EN DASH}08:15", "Move it", "Starts", "2023-10-28T08:30")
        # What comes next is done to the day as the draft has it.
        moved = chosen.get_by_role("button", name="Change Break 08:30\N{EN DASH}08:45")
        await expect(moved).to_be_visible()
        await change("Break 12:15\N{EN DASH}12:30", "Remove it")
        await change("Meal 10:00\N{EN DASH}10:30", "Split it", "The second part starts", "2023-10-28T10:15")
        await expect(draft_of(page).get_by_role("list").first.get_by_role("listitem")).to_have_count(3)

        await chosen.get_by_role("button", name="Add an activity").click()
        form = page.get_by_role("dialog", name="Add an activity")
        await form.get_by_role("button", name="Put it in the draft").click()
        await expect(form.get_by_role("alert")).to_have_text("Choose the activity.")
        await form.get_by_role("button", name="Activity").click()
        await page.get_by_role("option", name="Training").click()
        await form.get_by_label("Starts").fill("2023-10-28T10:15")
        await form.get_by_label("Minutes").fill("45")
        await form.get_by_role("button", name="Put it in the draft").click()

        # A break and half of a meal are taken: each must be accepted, with a reason.
        draft = draft_of(page)
        publish = draft.get_by_role("button", name="Publish")
        await expect(draft).to_contain_text("2 rules broken")
        await expect(publish).to_be_disabled()
        for taken in ("Takes of a meal", "Takes of a break"):
            await expect(draft).to_contain_text("Accept each broken rule")
            rule = draft.get_by_role("group", name=taken)
            await rule.get_by_text("Accept it for Quinn Taylor").click()
        await expect(draft).to_contain_text("Say why the rules are broken.")
        await draft.get_by_label("Why, which the agents see").fill("Agreed with Quinn")
        await publish.click()
        await expect(page.get_by_role("status").filter(has_text="Published as version")).to_be_focused()

        kept = [(each["startDate"][11:16], each["activityCodeId"]) for each in await saturday_of(demo, "Quinn Taylor")]
        assert {("13:30", "1"), ("15:00", "2"), ("15:15", "6")} <= set(kept)
        assert [start for start, code in kept if code == "1"] == ["13:30"]
        latest = page.get_by_role("region", name="History").get_by_role("listitem").first
        await expect(latest).to_contain_text("Sofia Chen")
        await expect(latest).to_contain_text("Agreed with Quinn")
        await latest.get_by_text("2 rules were broken knowingly").click()
        await expect(latest).to_contain_text("Takes of a meal, Quinn Taylor")


async def test_a_draft_outlives_another_planners_change_and_an_older_version_comes_back(
    demo: Demo, browser: Browser
) -> None:
    async with opened(browser, demo) as page:
        agents = await open_saturday(page, demo)
        # Who is free cannot be met; the others need not wait for them.
        await agents.get_by_role("row", name="Rosa Silva").click()
        await agents.get_by_role("row", name="Adam Scott").click()
        await page.get_by_role("button", name="Put it in the draft").click()
        draft = draft_of(page)
        await expect(draft.get_by_role("alert")).to_contain_text("Adam Scott has no 30 minutes of work")
        await draft.get_by_role("button", name="Leave this agent out").click()
        await expect(draft.get_by_role("list", name="Who is affected")).to_contain_text("Rosa Silva")

        before = await version_of(demo)
        # Who does not hear of it publishes on what is no more: it is refused, and nothing is lost.
        await page.route("**/weeks/*/schedules?*", lambda route: route.abort())
        will = demo.agent(number_of(demo, "Will Davis"))
        edit = {"type": "placeActivity", "userIds": [will["userId"]], "activityCodeId": "6", "lengthMinutes": 45}
        window = {"startDate": "2023-10-28T18:00:00Z", "endDate": "2023-10-29T02:00:00Z"}
        async with demo.admin() as admin:
            answer = await admin.post(EDITS, json={"version": before, "edits": [{**edit, "window": window}]})
        assert answer.status_code == 200, answer.text
        await draft.get_by_role("button", name="Publish").click()
        await expect(draft.get_by_role("alert")).to_contain_text(f"Nothing was published. You sent version {before}")
        await expect(draft.get_by_role("alert")).to_contain_text(f"the current version is {before + 1}")
        await page.unroute("**/weeks/*/schedules?*")
        await expect(draft).to_contain_text(f"you drafted on version {before}, and version {before + 1} is in force")
        await page.reload()
        await page.get_by_role("radio", name="Saturday 28 October").click()
        await draft.get_by_role("button", name=f"Hold it against version {before + 1}").click()
        await expect(draft.get_by_role("list", name="Who is affected")).to_contain_text("Rosa Silva")
        await draft.get_by_role("button", name="Publish").click()
        await expect(page.get_by_role("status").filter(has_text=f"version {before + 2}")).to_be_focused()
        training = [each for each in await saturday_of(demo, "Will Davis") if each["activityCodeId"] == "6"]
        assert len(training) == 1

        history = page.get_by_role("region", name="History")
        compared = history.get_by_role("region", name="Compare")
        await expect(compared).to_contain_text("They differ for 1 agent")
        await expect(compared).to_contain_text("Rosa Silva")
        await compared.get_by_role("button", name="From").click()
        await page.get_by_role("option", name=f"Version {before}", exact=True).click()
        await expect(compared).to_contain_text("They differ for 2 agents")
        await expect(compared).to_contain_text("Will Davis")

        again = history.get_by_role("button", name=f"Put version {before} into force again")
        await again.focus()
        await page.keyboard.press("Enter")
        asked = page.get_by_role("dialog", name=f"Put version {before} into force again?")
        await expect(asked).to_contain_text("The work of 2 agents becomes as it was then")
        await asked.get_by_label("Why, which the agents see").fill("The trainer is ill")
        await asked.get_by_role("button", name="Put it into force").click()
        back = page.get_by_role("status").filter(has_text=f"Version {before} is in force again")
        await expect(back).to_be_focused()
        assert not any(each["activityCodeId"] == "6" for each in await saturday_of(demo, "Will Davis"))
        await expect(history.get_by_role("listitem").first).to_contain_text("The trainer is ill")


async def test_who_only_sees_schedules_is_offered_no_change_and_an_agent_is_told_why(
    demo: Demo, browser: Browser
) -> None:
    async with opened(browser, demo) as page:
        await sign_in(page, demo.agent(2))
        await page.goto(f"https://apps.localhost:{demo.port}/schedule")
        await expect(page.get_by_role("main")).to_contain_text("not for you to see")
        await expect(page.get_by_role("link", name="Schedule")).to_have_count(0)
        await expect(draft_of(page)).to_have_count(0)
