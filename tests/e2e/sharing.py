"""One demo for the modules of an xdist group, which run one after another in one worker."""

import time
from contextlib import AsyncExitStack

import pytest

from e2e.stage import Demo, running_demo

FRESH = 360.0
"""Seconds after which a demo with a clock of its own is not handed on: its morning must not become noon."""

NEXT = pytest.StashKey[pytest.Item | None]()
"""The test that comes next in this worker, of the configuration."""


def group_of(node: pytest.Item | pytest.Collector) -> str | None:
    """The group that a test or a module is in."""
    mark = node.get_closest_marker("xdist_group")
    return None if mark is None else mark.args[0]


class Sharing:
    """The demo of the group that is under way; that of the next group takes its place."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._demo: Demo | None = None
        self._group: str | None = None
        self._failed = 0

    async def take(self, module: pytest.Module, clock: str | None) -> Demo:
        """The group's demo for a module: the one that runs, else a new one."""
        group = group_of(module)
        if self._demo is not None and (group is None or (self._group, self._demo.clock) != (group, clock)):
            await self.close()
        if self._demo is None:
            self._demo, self._group = await self._stack.enter_async_context(running_demo(clock)), group
        self._failed = module.session.testsfailed
        return self._demo

    async def leave(self, module: pytest.Module) -> None:
        """A module is through: the demo is kept for the next of its group, unless it was hurt or is too old."""
        following = module.config.stash.get(NEXT, None)
        goes_on = following is not None and self._group is not None and group_of(following) == self._group
        demo = self._demo
        is_old = demo is not None and demo.clock is not None and time.time() - demo.began > FRESH
        if not goes_on or is_old or module.session.testsfailed != self._failed:
            await self.close()

    async def close(self) -> None:
        """Stop the demo that runs."""
        self._demo = None
        await self._stack.aclose()
