"""Fixtures of the end-to-end stories."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from e2e.stage import CHROMIUM, FLAGS, MISSION_CLOCK, SDK, Demo, Softphone, running_demo, serving_page, softphone_page

# Whatever becomes true is waited for, on a machine that is shared; nothing here judges how fast.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
async def demo() -> AsyncIterator[Demo]:
    """The sample contact centre at the morning of the mission's own case."""
    async with running_demo(MISSION_CLOCK) as running:
        yield running


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, headless=True)
        yield launched
        await launched.close()


@pytest.fixture(scope="session")
def page_origin() -> Iterator[str]:
    """A page with the vendor's unmodified bundle, as the front end's lock installs it."""
    if not SDK.exists():
        pytest.fail("the softphone SDK is not installed: run scripts/bootstrap")
    with serving_page(SDK) as origin:
        yield origin


@pytest.fixture
async def softphone(browser: Browser, demo: Demo, page_origin: str) -> AsyncIterator[Softphone]:
    async with softphone_page(browser, demo, page_origin) as phone:
        yield phone
