"""A recording is marked and approved by two people on the page; a hold placed there, by keyboard, wins; its matter is closed."""

from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from e2e.stage import Demo
from e2e.test_page import PICTURES, opened, reaches, sign_in
from e2e.test_written_page import DEPLOYMENT, PATIENCE, card_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("trades, legal")]

WHY = "Asked for by the caller"
APPROVES = ["recording:deletion:view", "recording:deletion:approve", "recording:recording:view"]


async def written(demo: Demo, desk: Page, page: Page) -> Locator:
    """Somebody writes, is answered, and leaves: what was written is recorded. Its entry at the desk."""
    await desk.get_by_role("button", name="Go on queue").click()
    await expect(desk.get_by_text("The next call may be yours")).to_be_visible(timeout=PATIENCE)
    await page.goto(f"https://apps.localhost:{demo.port}/message?deployment={DEPLOYMENT}&name=Jo+Park")
    await page.get_by_label("Your message").fill("Where is my parcel?")
    await page.keyboard.press("Enter")
    await card_of(desk).get_by_role("button", name="Accept").click(timeout=PATIENCE)
    await expect(card_of(desk).get_by_role("log").get_by_text("Where is my parcel?")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name="End", exact=True).click()
    entry = desk.get_by_role("region", name="Recordings of your conversations").get_by_role("button", name="Jo Park")
    await expect(entry).to_be_enabled(timeout=PATIENCE)
    return entry


async def the_recording(admin: httpx.AsyncClient) -> dict[str, Any]:
    answer = await admin.get("/api/v2/shiftline/recordings", params={"pageSize": 1})
    return answer.json()["entities"][0]


async def let_approve(admin: httpx.AsyncClient, agent: dict[str, Any]) -> None:
    """Somebody may approve deletions from now on."""
    role = await admin.post("/api/v2/authorization/roles", json={"name": "Records", "permissions": APPROVES})
    assert role.status_code == 200, role.text
    path = f"/api/v2/authorization/subjects/{agent['userId']}/divisions/*/roles/{role.json()['id']}"
    granted = await admin.post(path)
    assert granted.status_code < 300, granted.text


async def open_matter(page: Page, matters: Locator) -> None:
    """Open a matter by keyboard, and look into it."""
    await matters.get_by_role("button", name="Open a matter").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Name").fill("Park v. Northwind")
    await page.get_by_label("Name").press("Enter")
    await expect(matters.get_by_role("status")).to_have_text("Opened: Park v. Northwind.", timeout=PATIENCE)
    await expect(matters.get_by_role("status")).to_be_focused()
    await matters.get_by_role("button", name="Park v. Northwind").focus()
    await page.keyboard.press("Enter")


@pytest.fixture(autouse=True, scope="module")
def pictures() -> None:
    PICTURES.mkdir(exist_ok=True)


async def export_it(page: Page, demo: Demo) -> None:
    """What the matter holds is exported into a ZIP, which the page verifies."""
    exports = page.get_by_role("region", name="Exports")
    await exports.get_by_role("button", name="Begin an export").focus()
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog")
    await form.get_by_role("button", name="Begin it").click()
    await expect(form.get_by_role("alert")).to_contain_text("Say for which matter")
    await form.get_by_role("button", name="What a matter holds").click()
    await page.get_by_role("option", name="Park v. Northwind").click()
    await form.get_by_label("Its name there").fill("park-1")
    await form.get_by_label("Why").fill("Ordered by the court")
    await form.get_by_role("button", name="Begin it").focus()
    await page.keyboard.press("Enter")
    await expect(exports.get_by_role("status")).to_contain_text("Begun: Park v. Northwind.", timeout=PATIENCE)
    await expect(exports.get_by_text("Sealed", exact=True)).to_be_visible(timeout=60_000)
    root = await exports.locator("code").inner_text()
    await page.screenshot(path=PICTURES / "legal-export.png", animations="disabled", full_page=True)

    (package,) = (demo.folder / "exports").rglob("park-1.zip")
    await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Verify").click()
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Choose a ZIP").click()
    await (await choosing.value).set_files(package)
    report = page.get_by_role("region", name="Report on park-1.zip")
    await expect(report.get_by_role("alert")).to_contain_text("is whole and unchanged", timeout=PATIENCE)
    await expect(report.get_by_text(root)).to_be_visible()
    await expect(report.get_by_role("listitem").filter(has_text="Fails")).to_have_count(0)
    await expect(report.get_by_text("Keys and certificates are those that you named")).to_be_visible()
    await page.screenshot(path=PICTURES / "verified.png", animations="disabled", full_page=True)
    await page.get_by_role("link", name="Legal").click()
    await page.get_by_role("region", name="Matters").get_by_role("button", name="Park v. Northwind").click()


async def test_two_people_approve_and_a_hold_wins(demo: Demo, browser: Browser) -> None:
    async with (
        opened(browser, demo) as desk,
        opened(browser, demo) as guest,
        opened(browser, demo, "dark") as second,
        opened(browser, demo) as counsel,
        demo.admin() as admin,
    ):
        await sign_in(desk, demo.agent(8))
        await reaches(desk, "ready")
        entry = await written(demo, desk, guest)
        recording = await the_recording(admin)
        asked = {"recordingIds": [recording["id"]], "reason": WHY}
        assert (await admin.post("/api/v2/shiftline/recordingdeletions", json=asked)).status_code == 201
        await let_approve(admin, demo.agent(9))

        await sign_in(second, demo.agent(9))
        await second.get_by_role("link", name="Legal").click()
        marked = second.get_by_role("region", name="Marked for deletion")
        await expect(marked.get_by_text("Waits for a second person")).to_be_visible(timeout=PATIENCE)
        await marked.get_by_role("button", name=f"Approve: {WHY}").focus()
        await second.keyboard.press("Enter")
        await expect(marked.get_by_role("status")).to_contain_text("is destroyed after", timeout=PATIENCE)
        await expect(second.get_by_role("region", name="Matters")).to_have_count(0)
        await second.screenshot(path=PICTURES / "legal-dark.png", animations="disabled")

        await sign_in(counsel, demo.ready["admin"])
        await counsel.get_by_role("link", name="Legal").click()
        await expect(counsel.get_by_text("Destroyed after")).to_be_visible(timeout=PATIENCE)
        matters = counsel.get_by_role("region", name="Matters")
        await expect(matters.get_by_text("No matter was opened yet.")).to_be_visible(timeout=PATIENCE)
        await open_matter(counsel, matters)
        await matters.get_by_role("button", name="Hold recordings").focus()
        await counsel.keyboard.press("Enter")
        form = counsel.get_by_role("dialog")
        await form.get_by_role("button", name="Hold them").click()
        await expect(form.get_by_role("alert")).to_have_text("Say which recordings: anything of the above.")
        await form.get_by_label("Ids of conversations").fill("nothing-such")
        await form.get_by_label("Why").fill("Litigation")
        await form.get_by_role("button", name="Hold them").click()
        await expect(form.get_by_role("alert")).to_contain_text("matches no recording", timeout=PATIENCE)
        await form.get_by_label("Ids of conversations").fill(recording["conversationId"])
        await form.get_by_role("button", name="Hold them").focus()
        await counsel.keyboard.press("Enter")
        await expect(matters.get_by_role("status")).to_have_text(
            "Park v. Northwind holds 1 recording more.", timeout=PATIENCE
        )
        await expect(matters.get_by_role("button", name="1 recording held")).to_be_visible(timeout=PATIENCE)
        await expect(counsel.get_by_text("No recording is marked for deletion.")).to_be_visible(timeout=PATIENCE)

        await counsel.screenshot(path=PICTURES / "legal-light.png", animations="disabled")

        await entry.focus()
        await desk.keyboard.press("Enter")
        await expect(desk.get_by_text("Held for a legal matter.")).to_be_visible(timeout=PATIENCE)

        await expect(matters.get_by_role("status")).to_be_focused()
        await export_it(counsel, demo)
        await matters.get_by_role("button", name="Close the matter").focus()
        await counsel.keyboard.press("Enter")
        await counsel.get_by_role("dialog").get_by_label("Why").fill("Settled")
        await counsel.get_by_role("button", name="Close it").click()
        await expect(matters.get_by_role("status")).to_contain_text("What it held is released.", timeout=PATIENCE)
        await expect(matters.get_by_text("Settled")).to_be_visible(timeout=PATIENCE)
