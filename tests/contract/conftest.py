"""One running demo for all contract tests that need the whole product; they run in one worker."""

import signal
from collections.abc import AsyncIterator

import pytest

from contract.sdk.centre import GROUP, Centre
from contract.strangers import make_stranger
from e2e.sharing import group_of
from e2e.stage import Demo, running_demo

# Shifts of this week are still to come: what is offered can be taken.
MIDWEEK = "2026-11-18T05:00:00-06:00"


RUNNING = pytest.StashKey[Demo]()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Ends the demo with the last of its tests, or it would take a part of a core from all that follow.

    Only a worker that is given groups as a whole knows that it is the last.
    """
    demo, group = item.config.stash.get(RUNNING, None), group_of(item)
    if demo is None or demo.process is None or not item.config.getoption("loadgroup", default=False):
        return
    if group == GROUP.mark.args[0] and (nextitem is None or group_of(nextitem) != group):
        demo.process.send_signal(signal.SIGTERM)


@pytest.fixture(scope="session")
async def contract_demo(request: pytest.FixtureRequest) -> AsyncIterator[Demo]:
    """The sample contact centre in the middle of a week."""
    async with running_demo(MIDWEEK) as demo:
        request.config.stash[RUNNING] = demo
        yield demo


@pytest.fixture(scope="session")
def centre(contract_demo: Demo) -> Centre:
    """The demo as the vendor's SDK sees it."""
    return Centre(contract_demo.ready, lambda: contract_demo.now)


@pytest.fixture(scope="session")
async def stranger(contract_demo: Demo) -> str:
    """The token of an administrator of the second organization, for looking at the first."""
    return await make_stranger(contract_demo)


@pytest.fixture(scope="session")
async def vandal(contract_demo: Demo) -> str:
    """The token of another one, who does to the second organization whatever comes to mind."""
    return await make_stranger(contract_demo)
