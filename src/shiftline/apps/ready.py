"""How a program tells its supervisor that it serves."""

import contextlib
import os
import sys
from collections.abc import Callable

from shiftline.apps.supervisor.child import READY_FD


def announce_ready() -> None:
    """Write one line to the descriptor that the supervisor gave, if it gave one."""
    descriptor = os.environ.pop(READY_FD, None)
    if descriptor is not None:
        with os.fdopen(int(descriptor), "w") as output:
            output.write("ready\n")


def announcer() -> Callable[[str], None]:
    """Return what hands on sentences, a line each: to the supervisor where it gave a descriptor, else to standard output."""
    descriptor = os.environ.pop(READY_FD, None)
    output = sys.stdout if descriptor is None else os.fdopen(int(descriptor), "w")

    def announce(sentence: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # nobody listens any more, which is no reason to hang up
            output.write(f"{sentence}\n")
            output.flush()

    return announce
