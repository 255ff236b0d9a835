"""The page of recordings: what is recorded and for how long, listening with a reason and notes, what comes from elsewhere, jobs."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect
from tests.unit.imports.files import FOLDER, metadata, wav

from e2e.stage import SDK, Demo
from e2e.telephone import CALLER_TONE, eventually, listening_browser, telephone, web_caller
from e2e.test_page import PICTURES, opened, sign_in
from e2e.test_recorded_story import QUEUE, sealed

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("keeping-page")]

PATIENCE: Any = 20_000
"""Milliseconds."""
SIZES = {"wide": (1280, 860), "narrow": (320, 740)}
DAY = "2023-10-27T00:00:00Z/2023-10-28T00:00:00Z"


@pytest.fixture(scope="module")
async def call(demo: Demo) -> str:
    """A caller and an agent talked for a moment: its id."""
    async with (
        listening_browser() as browser,
        demo.admin() as admin,
        telephone(browser, demo, SDK, demo.agent(0)) as phone,
        web_caller(demo, QUEUE) as caller,
    ):
        await phone.begin()
        await phone.go_on_queue()
        assert (await caller.call()).status_code == 201
        conversation_id: str = (await caller.status())["conversationId"]
        await phone.told("pendingSession", conversation_id)
        await phone.do("acceptPendingSession", conversation_id)
        await caller.until("connected")
        assert await phone.hears(CALLER_TONE)
        await asyncio.sleep(2)
        await phone.do("endSession", conversation_id)
        await caller.until("ended")
        await sealed(admin, conversation_id)
    return conversation_id


@pytest.fixture
async def page(demo: Demo, browser: Browser) -> AsyncIterator[Page]:
    """Who does compliance, at the page of recordings."""
    async with opened(browser, demo) as page:
        await sign_in(page, demo.ready["compliance"][0])
        await page.get_by_role("link", name="Recordings").click()
        yield page


async def show(page: Page, part: str) -> None:
    await page.get_by_role("navigation", name="Parts of this page").get_by_role("link", name=part).click()


async def fits(page: Page) -> None:
    """Wait until nothing reaches beyond the window. Asked from outside: the page's own policy forbids what waits inside it."""
    for _ in range(100):
        if await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("something reaches beyond the window")


async def picture(page: Page, name: str) -> None:
    """The page in both themes and both widths; nothing of it reaches beyond the window."""
    await asyncio.to_thread(PICTURES.mkdir, exist_ok=True)
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        # What is open is placed anew a moment after the window has its new size.
        await fits(page)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            path = PICTURES / f"keeping-{name}-{size}-{scheme}.png"
            await page.screenshot(path=path, animations="disabled", full_page=True)
    await page.set_viewport_size({"width": 1280, "height": 860})
    await page.emulate_media(color_scheme="light")


async def press(page: Page, button: Locator) -> None:
    """By keyboard."""
    await button.focus()
    await page.keyboard.press("Enter")


async def choose(page: Page, field: Locator, option: str) -> None:
    await field.click()
    await page.get_by_role("option", name=option, exact=True).click()


async def test_policies_days_and_reasons_are_seen_and_changed(page: Page) -> None:
    await show(page, "Policies")
    await policies_are_changed(page)
    await days_are_changed(page)
    await reasons_are_changed(page)
    await picture(page, "policies")


async def policies_are_changed(page: Page) -> None:
    policies = page.get_by_role("region", name="What is recorded")
    lines = policies.get_by_role("list", name="Policies").get_by_role("listitem")
    await expect(lines).to_have_count(3, timeout=PATIENCE)
    await expect(lines.first).to_contain_text("Nobody set anything else")

    await press(page, policies.get_by_role("button", name="Change: All calls"))
    form = page.get_by_role("dialog")
    await form.get_by_text("Whoever listens says why").click()
    await press(page, form.get_by_role("button", name="Change it"))
    await expect(policies.get_by_role("status").first).to_contain_text("Changed: All calls.", timeout=PATIENCE)
    await expect(policies.get_by_role("status").first).to_be_focused()
    await expect(lines.first).to_contain_text("by Imani Okafor", timeout=PATIENCE)
    await expect(lines.first).to_contain_text("whoever listens says why")

    await press(page, policies.get_by_role("button", name="Add a policy"))
    await choose(page, form.get_by_role("button", name="Channel"), "Messages")
    await choose(page, form.get_by_role("button", name="What is recorded"), "Only what somebody records by hand")
    await form.get_by_text("Both sides are told").click()
    await press(page, form.get_by_role("button", name="Add it"))
    await expect(form.get_by_role("alert")).to_have_text(
        "Not added: what is wrong stands at its field.", timeout=PATIENCE
    )
    await expect(form.get_by_text("only of a call a part can be recorded")).to_be_visible()
    announced = form.get_by_role("checkbox", name="Both sides are told")
    await expect(announced).to_have_accessible_description("was true for messages: it is spoken, so only in calls.")
    await picture(page, "policy-refused")
    await choose(page, form.get_by_role("button", name="Channel"), "Calls")
    await choose(page, form.get_by_role("button", name="Queue"), "Billing")
    await press(page, form.get_by_role("button", name="Add it"))
    await expect(policies.get_by_role("status").first).to_contain_text("Added: Calls of Billing.", timeout=PATIENCE)

    held = policies.get_by_role("region", name="Which policy holds")
    await expect(held.get_by_role("status")).to_contain_text("By the policy: All calls.", timeout=PATIENCE)
    await choose(page, held.get_by_role("button", name="Queue"), "Billing")
    await expect(held.get_by_role("status")).to_contain_text("By the policy: Calls of Billing.", timeout=PATIENCE)
    await press(page, policies.get_by_role("button", name="Take away: Calls of Billing"))
    await press(page, form.get_by_role("button", name="Take it away"))
    await expect(lines).to_have_count(3, timeout=PATIENCE)


async def days_are_changed(page: Page) -> None:
    form = page.get_by_role("dialog")
    days = page.get_by_role("region", name="How long it is kept")
    await press(page, days.get_by_role("button", name="Change: All recordings"))
    await form.get_by_label("Archived after").fill("400")
    await form.get_by_label("Marked for deletion after").fill("365")
    await press(page, form.get_by_role("button", name="Change it"))
    archived = form.get_by_label("Archived after")
    await expect(archived).to_have_accessible_description(
        "is 400; it must not be more than deleteDays, 365.", timeout=PATIENCE
    )
    await expect(archived).to_be_focused()
    await archived.fill("30")
    await press(page, form.get_by_role("button", name="Change it"))
    await expect(days.get_by_text("Archived after 30 days, marked for deletion after 365 days.")).to_be_visible(
        timeout=PATIENCE
    )


async def reasons_are_changed(page: Page) -> None:
    form = page.get_by_role("dialog")
    reasons = page.get_by_role("region", name="Reasons to listen")
    await press(page, reasons.get_by_role("button", name="Change the reasons"))
    await form.get_by_role("button", name="Add a reason").click()
    await form.get_by_role("textbox", name="Code 8").fill("Court order")
    await form.get_by_role("textbox", name="Reason 8").fill("A court ordered it")
    await press(page, form.get_by_role("button", name="Change them"))
    await expect(form.get_by_role("alert")).to_contain_text("stands at its field", timeout=PATIENCE)
    await expect(form.get_by_role("textbox", name="Code 8")).to_have_attribute("aria-invalid", "true")
    await picture(page, "reasons-refused")
    await form.get_by_role("textbox", name="Code 8").fill("court")
    await press(page, form.get_by_role("button", name="Change them"))
    await expect(reasons.get_by_text("A court ordered it")).to_be_visible(timeout=PATIENCE)


async def hold(client: httpx.AsyncClient, conversation_id: str, matter: str) -> None:
    opened_matter = await client.post("/api/v2/shiftline/matters", json={"name": matter})
    assert opened_matter.status_code == 201, opened_matter.text
    asked = {"selection": {"conversationIds": [conversation_id]}, "reason": "Litigation"}
    path = f"/api/v2/shiftline/matters/{opened_matter.json()['id']}/holds"
    held = await client.post(path, json=asked)
    assert held.status_code < 300, held.text


async def test_a_call_is_heard_for_a_reason_noted_saved_and_held(demo: Demo, page: Page, call: str) -> None:
    async with demo.client(demo.ready["compliance"][0]["accessToken"]) as client:
        policy = await client.put("/api/v2/shiftline/recordings/policies", json={"reasonRequired": True})
        assert policy.status_code == 200, policy.text
        await hold(client, call, "Park v. Northwind")
    await page.reload()
    found = page.get_by_role("region", name="Recordings")
    await found.get_by_label("Ids of conversations").fill(call)
    await press(page, found.get_by_role("button", name="Look for them"))
    entry = found.get_by_role("listitem").get_by_role("button", expanded=False).first
    await expect(entry).to_be_enabled(timeout=PATIENCE)
    await press(page, entry)
    await choose(page, found.get_by_role("button", name="Why do you listen?"), "A complaint of the customer")
    await expect(found.get_by_role("button", name="Play")).to_be_visible(timeout=PATIENCE)
    await expect(found.get_by_text("Held for Park v. Northwind").first).to_be_visible(timeout=PATIENCE)

    slider = found.get_by_role("slider", name="Position in the call")
    await slider.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    notes = found.get_by_role("region", name="Notes")
    await press(page, notes.get_by_role("button", name="Note something here"))
    form = page.get_by_role("dialog", name="Note at 0:01")
    await press(page, form.get_by_role("button", name="Note it"))
    await expect(form.get_by_role("alert")).to_have_text("Say what is to be noted.")
    await form.get_by_label("What is there").fill("Promises a refund")
    await press(page, form.get_by_role("button", name="Note it"))
    await expect(notes.get_by_role("status")).to_have_text("Noted at 0:01.", timeout=PATIENCE)
    note = notes.get_by_role("list", name="What people noted").get_by_role("listitem")
    await expect(note).to_contain_text("Promises a refund")
    await expect(note).to_contain_text("Imani Okafor", timeout=PATIENCE)
    await slider.focus()
    await page.keyboard.press("Home")
    await press(page, note.get_by_role("button", name="0:01"))
    await expect(slider).to_have_value("1")
    await picture(page, "player")
    await press(page, note.get_by_role("button", name="Take away: Promises a refund"))
    await expect(notes.get_by_text("Nobody noted anything yet.")).to_be_visible(timeout=PATIENCE)

    await saved_with_two_channels(page, found, call)
    await press(page, found.get_by_role("button", name="Mark for deletion"))
    asking = page.get_by_role("dialog", name="Mark for deletion?")
    await asking.get_by_label("Why").fill("Asked for by the caller")
    await press(page, asking.get_by_role("button", name="Mark it"))
    await expect(asking.get_by_role("alert")).to_contain_text("is held by matter Park v. Northwind", timeout=PATIENCE)
    await press(page, asking.get_by_role("button", name="Not now"))
    async with demo.admin() as admin:
        (first, *_) = (await admin.get("/api/v2/shiftline/recordings", params={"conversationId": call})).json()[
            "entities"
        ]
        accesses = await admin.get(f"/api/v2/shiftline/recordings/{first['id']}/accesses")
        assert {each["reason"] for each in accesses.json()["entities"]} == {"complaint"}


async def saved_with_two_channels(page: Page, found: Locator, call: str) -> None:
    async with page.expect_download() as saving:
        await press(page, found.get_by_role("button", name="Save as two channels (WAV)"))
    saved = await saving.value
    assert saved.suggested_filename == f"{call}.wav"
    content = await asyncio.to_thread((await saved.path()).read_bytes)
    assert (content[:4], content[22:24]) == (b"RIFF", b"\x02\x00")


def bring(demo: Demo) -> None:
    """A folder that was exported elsewhere: one that corrects itself, one that waits, one of somebody else."""
    place = demo.folder / "imports" / demo.ready["organizationId"] / "archive-2022" / FOLDER
    place.mkdir(parents=True)
    for name, sound, more in (
        ("recording-1", wav(), {"endTime": None}),
        ("recording-2", wav()[:-400], {"userId": "somebody-gone"}),
        ("recording-3", wav(), {"organizationId": "another"}),
    ):
        (place / name).write_bytes(sound)
        (place / f"{name}_metadata.json").write_text(json.dumps(metadata(**{"recordingId": name, **more})))


async def test_what_comes_from_elsewhere_is_repaired_and_heard(demo: Demo, page: Page) -> None:
    await asyncio.to_thread(bring, demo)
    await show(page, "Imports")
    imports = page.get_by_role("region", name="Imports")
    await expect(imports.get_by_text("Nothing was imported yet.")).to_be_visible(timeout=PATIENCE)
    await press(page, imports.get_by_role("button", name="Import a folder"))
    form = page.get_by_role("dialog")
    folder = form.get_by_label("Folder, below")
    await folder.fill("nowhere")
    await form.get_by_label("Ids that this").fill("org-1")
    await press(page, form.get_by_role("button", name="Begin it"))
    await expect(folder).to_have_accessible_description(
        "nowhere is no folder in the organization's folder for imports.", timeout=PATIENCE
    )
    await folder.fill("archive-2022")
    await press(page, form.get_by_role("button", name="Begin it"))
    await expect(imports.get_by_role("status")).to_contain_text("Begun: archive-2022.", timeout=PATIENCE)
    entry = imports.get_by_role("button", name="archive-2022")
    await expect(entry).to_contain_text(
        "3 of 3 looked at: 1 became a recording, 1 waits, 1 was not kept.", timeout=PATIENCE
    )
    await press(page, entry)
    await expect(imports.get_by_role("row", name="Missing 1 0")).to_be_visible(timeout=PATIENCE)
    await expect(imports.get_by_role("list", name="Not kept of archive-2022")).to_contain_text("recording-3")
    async with page.expect_download() as saving:
        await press(page, imports.get_by_role("button", name="Save the report (CSV)"))
    table = await asyncio.to_thread((await (await saving.value).path()).read_text)
    assert "recording-1" in table

    quarantine = page.get_by_role("region", name="Quarantine")
    await it_is_repaired(demo, page, quarantine)
    await it_is_listened_to_and_marked(page)


async def it_is_repaired(demo: Demo, page: Page, quarantine: Locator) -> None:
    form = page.get_by_role("dialog")
    item = quarantine.get_by_role("button", name="recording-2")
    await expect(item).to_contain_text("Nobody here has the id somebody-gone.", timeout=PATIENCE)
    await press(page, item)
    await expect(quarantine.get_by_role("list", name="What is wrong of recording-2")).to_contain_text(
        "found somebody-gone"
    )
    await picture(page, "imports")
    await press(page, quarantine.get_by_role("button", name="Repair it"))
    await press(page, form.get_by_role("button", name="Repair it"))
    await expect(form.get_by_role("alert")).to_contain_text("Say what is right")
    await form.get_by_text("Correct other fields, too").click()
    await form.get_by_label("Time zone").fill("Mars/Olympus")
    await choose(page, form.get_by_role("button", name="Agent"), demo.agent(0)["name"])
    await press(page, form.get_by_role("button", name="Repair it"))
    await expect(form.get_by_label("Why")).to_have_accessible_description("Say why: it is kept with the recording.")
    await form.get_by_label("Why").fill("The switch's log")
    await press(page, form.get_by_role("button", name="Repair it"))
    await expect(form.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true", timeout=PATIENCE)
    await expect(form.get_by_role("alert")).to_contain_text("The media ends before it says")
    await picture(page, "repair-refused")
    await form.get_by_label("Time zone").fill("")
    await form.get_by_text("The media ends before it says").first.click()
    await press(page, form.get_by_role("button", name="Repair it"))
    await expect(quarantine.get_by_role("status")).to_contain_text("recording-2 is a recording now", timeout=PATIENCE)
    await expect(quarantine.get_by_text("Nothing waits for anybody.")).to_be_visible(timeout=PATIENCE)
    await choose(page, quarantine.get_by_role("button", name="What is shown"), "Became recordings")
    await press(page, quarantine.get_by_role("button", name="recording-2"))
    await expect(quarantine.get_by_text("The switch's log")).to_be_visible(timeout=PATIENCE)


async def it_is_listened_to_and_marked(page: Page) -> None:
    await show(page, "Listen")
    found = page.get_by_role("region", name="Recordings")
    await found.get_by_label("Ids of conversations").fill("conversation-1")
    await press(page, found.get_by_role("button", name="Look for them"))
    entry = found.get_by_role("button", name="Recorded elsewhere")
    await expect(found.get_by_role("list").get_by_role("listitem")).to_have_count(1, timeout=PATIENCE)
    await press(page, entry)
    await expect(found.get_by_text("it was recorded elsewhere").first).to_be_visible(timeout=PATIENCE)
    await press(page, found.get_by_role("button", name="Mark for deletion"))
    asking = page.get_by_role("dialog", name="Mark for deletion?")
    await press(page, asking.get_by_role("button", name="Mark it"))
    await expect(asking.get_by_label("Why")).to_have_attribute("aria-invalid", "true", timeout=PATIENCE)
    await asking.get_by_label("Why").fill("Kept there long enough")
    await press(page, asking.get_by_role("button", name="Mark it"))
    await expect(found.get_by_text("waits for a second person").first).to_be_visible(timeout=PATIENCE)


async def begun(client: httpx.AsyncClient, action: str) -> str:
    """A job for all of the day, once its selection is frozen."""
    asked = {"action": action, "actionDate": "2024-10-27T00:00:00Z", "conversationQuery": {"interval": DAY}}
    made = await client.post("/api/v2/recording/jobs", json=asked)
    assert made.status_code == 202, made.text
    path = f"/api/v2/recording/jobs/{made.json()['id']}"

    async def is_ready() -> bool:
        return (await client.get(path)).json()["state"] == "READY"

    await eventually(is_ready, timeout=20)
    return path


async def test_jobs_are_seen_with_their_failures_and_cancelled(demo: Demo, page: Page, call: str) -> None:
    async with demo.client(demo.ready["compliance"][0]["accessToken"]) as client:
        await hold(client, call, "Roe v. Northwind")
        deleting = await begun(client, "DELETE")
        assert (await client.put(deleting, json={"state": "PROCESSING"})).status_code == 200
        await begun(client, "ARCHIVE")
        asked = {"batchDownloadRequestList": [{"conversationId": call}, {"conversationId": "nothing-such"}]}
        assert (await client.post("/api/v2/recording/batchrequests", json=asked)).status_code == 200
    await show(page, "Jobs")
    jobs = page.get_by_role("region", name="Recording jobs")
    over = jobs.get_by_role("button", name="Delete, of conversations begun 27 Oct 2023")
    await expect(over).to_contain_text("2 of 2 recordings are through: 0 done, 0 skipped, 2 failed.", timeout=PATIENCE)
    await press(page, over)
    failures = jobs.get_by_role("list", name="Recordings for which it failed").get_by_role("listitem")
    await expect(failures).to_have_count(2, timeout=PATIENCE)
    await expect(over).to_contain_text("Done, with failures")
    await expect(failures.first).to_contain_text("it is not deleted before it is released")
    batches = page.get_by_role("region", name="Batch requests")
    batch = batches.get_by_role("button", name="Asked for by Imani Okafor")
    await expect(batch).to_contain_text("3 of 3 are settled, 1 of them cannot be had.", timeout=PATIENCE)
    await press(page, batch)
    await expect(batches.get_by_role("list", name="What cannot be had")).to_contain_text(
        "conversation nothing-such", timeout=PATIENCE
    )
    await picture(page, "jobs")
    await press(page, over)
    ready = jobs.get_by_role("button", name="Archive, of conversations")
    await expect(ready).to_contain_text("Ready to begin")
    await press(page, ready)
    await press(page, jobs.get_by_role("button", name="Cancel it"))
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Cancel it"))
    await expect(jobs.get_by_role("status").first).to_contain_text("Cancelled: Archive", timeout=PATIENCE)
    await expect(ready).to_contain_text("Cancelled", timeout=PATIENCE)


async def test_what_cannot_be_read_is_not_shown_as_nothing(page: Page) -> None:
    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, json={"message": "The database is away."}, headers={"retry-after": "1"})

    listed = re.compile(r"/recordings/imports\?")
    await page.context.route(listed, refuse)
    await show(page, "Imports")
    imports = page.get_by_role("region", name="Imports")
    await expect(imports.get_by_text("Imports could not be read")).to_be_visible(timeout=PATIENCE)
    await expect(imports.get_by_text("Nothing was imported yet.")).to_have_count(0)
    await page.context.unroute(listed)
    await press(page, imports.get_by_role("button", name="Read again"))
    await expect(imports.get_by_text("could not be read")).to_have_count(0, timeout=PATIENCE)


async def test_who_governs_no_recordings_is_not_offered_the_page(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo) as page:
        await sign_in(page, demo.agent(1))
        await expect(page.get_by_role("region", name="Recordings of your conversations")).to_be_visible(
            timeout=PATIENCE
        )
        await expect(page.get_by_role("link", name="Recordings")).to_have_count(0)
        await page.goto(f"https://apps.localhost:{demo.port}/recordings?part=jobs")
        await expect(page.get_by_role("region", name="Recordings")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_role("navigation", name="Parts of this page")).to_have_count(0)
        await expect(page.get_by_role("region", name="Recording jobs")).to_have_count(0)


async def test_all_pages_of_who_may_do_everything_fit_on_a_narrow_telephone(demo: Demo, browser: Browser) -> None:
    async with opened(browser, demo, "dark") as page:
        await page.set_viewport_size({"width": 320, "height": 740})
        await sign_in(page, demo.ready["admin"])
        pages = page.get_by_role("navigation", name="Pages").get_by_role("link")
        await expect(pages).to_have_text(
            ["Desk", "Team", "Schedule", "Recordings", "Legal", "Verify", "Why"], timeout=PATIENCE
        )
        await pages.nth(3).click()
        await expect(page.get_by_role("region", name="Recordings")).to_be_visible(timeout=PATIENCE)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await page.screenshot(path=PICTURES / "keeping-all-pages.png", animations="disabled")
