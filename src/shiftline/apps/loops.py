"""The event loop of the programs that answer callers."""

import asyncio

import uvloop


def fast_loop() -> asyncio.AbstractEventLoop:
    """A uvloop."""
    return uvloop.new_event_loop()
