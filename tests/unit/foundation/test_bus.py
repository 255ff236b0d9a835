"""The bus of a program that ends while NATS is not there."""

import asyncio
import socket

from shiftline.foundation.bus import Bus


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_it_closes_whatever_it_was_doing() -> None:
    """A cancellation may come at the very instant at which a try to connect fails: all of a try's instants are met."""
    url = f"nats://127.0.0.1:{closed_port()}"
    for steps in range(40):
        bus = Bus(url)
        await bus.open()
        for _ in range(steps):
            await asyncio.sleep(0)
        closing = asyncio.create_task(bus.close())
        await asyncio.wait({closing}, timeout=5)
        assert closing.done(), f"it did not close, {steps} steps after it was opened"
