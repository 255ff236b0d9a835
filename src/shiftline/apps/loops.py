"""The event loop of the programs that answer callers, and what the collector is spared in them."""

import asyncio
import gc

import uvloop


def fast_loop() -> asyncio.AbstractEventLoop:
    """A uvloop."""
    return uvloop.new_event_loop()


def settle() -> None:
    """What is loaded by now stays: the collector need not look at it again, nor as often at what thousands of callers bring."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
