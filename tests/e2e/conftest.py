"""Fixtures of the end-to-end stories."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from e2e.sharing import NEXT, Sharing
from e2e.stage import CHROMIUM, FLAGS, MISSION_CLOCK, SDK, Demo, Softphone, serving_page, softphone_page
from e2e.telephone import listening_browser

# Whatever becomes true is waited for, on a machine that is shared; nothing here judges how fast.
expect.set_options(timeout=20_000)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    item.config.stash[NEXT] = nextitem


@pytest.fixture(scope="session")
async def sharing() -> AsyncIterator[Sharing]:
    shared = Sharing()
    yield shared
    await shared.close()


@pytest.fixture(scope="module")
async def demo(request: pytest.FixtureRequest, sharing: Sharing) -> AsyncIterator[Demo]:
    """The sample contact centre at the morning of the mission's own case; shared by the modules of a group."""
    yield await sharing.take(request.node, MISSION_CLOCK)
    await sharing.leave(request.node)


@pytest.fixture(scope="module")
async def centre(request: pytest.FixtureRequest, sharing: Sharing) -> AsyncIterator[Demo]:
    """The sample contact centre by its own clock; shared by the modules of a group."""
    yield await sharing.take(request.node, None)
    await sharing.leave(request.node)


def require_chromium() -> None:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")


@pytest.fixture(scope="session")
async def microphones() -> AsyncIterator[Browser]:
    """A Chromium whose microphone gives a tone."""
    require_chromium()
    async with listening_browser() as launched:
        yield launched


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    require_chromium()
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
