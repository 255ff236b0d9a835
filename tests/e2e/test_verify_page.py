"""Somebody of compliance brings packages to the page, by keyboard, and reads the verdict on each."""

import io
import zipfile
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from tests.unit.discovery.sample import Memory, made, sample

from e2e.stage import Demo
from e2e.test_page import opened, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page, rings, verification")]
PATIENCE: Any = 30_000
"""Milliseconds."""


def zipped(package: Memory, name: str) -> Any:
    made_of = io.BytesIO()
    with zipfile.ZipFile(made_of, "w") as archive:
        for path in package.files():
            archive.writestr(path, b"".join(package.read(path)))
    return {"name": name, "mimeType": "application/zip", "buffer": made_of.getvalue()}


@pytest.fixture(scope="module")
def package() -> Memory:
    return made(sample(calls=1, seconds=0.1))[0]


async def test_a_package_is_brought_and_its_verdict_read(demo: Demo, browser: Browser, package: Memory) -> None:
    spoiled = package.copy()
    path = next(each for each in spoiled.files() if each.endswith(".ogg"))
    spoiled.kept[path] = spoiled.kept[path][:-1] + b"\x00"
    async with opened(browser, demo) as page:
        await sign_in(page, demo.ready["compliance"][0])
        await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Verify").click(timeout=PATIENCE)
        for file, said in (
            (zipped(package, "theirs.zip"), "The package is of the organization"),
            (zipped(spoiled, "spoiled.zip"), path),
        ):
            button = page.get_by_role("button", name="Choose a ZIP")
            await expect(button).to_be_enabled(timeout=PATIENCE)
            # In one step: a page that has just been opened takes the keyboard to its heading.
            async with page.expect_file_chooser() as choosing:
                await button.press("Enter")
            await (await choosing.value).set_files([file])
            report = page.get_by_role("region", name=f"Report on {file['name']}")
            await expect(report.get_by_role("alert")).to_contain_text(said, timeout=PATIENCE)
            await expect(report.get_by_role("listitem").first).to_contain_text("Fails")
            await expect(report.get_by_role("listitem").filter(has_text="Holds").first).to_be_visible()
        nothing: Any = {"name": "notes.zip", "mimeType": "application/zip", "buffer": b"no package"}
        async with page.expect_file_chooser() as choosing:
            await page.get_by_role("button", name="Choose a ZIP").click()
        await (await choosing.value).set_files([nothing])
        await expect(page.get_by_role("alert")).to_contain_text("no whole ZIP", timeout=PATIENCE)
