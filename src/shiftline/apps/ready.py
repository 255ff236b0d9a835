"""How a program tells its supervisor that it serves."""

import os

from shiftline.apps.supervisor.child import READY_FD


def announce_ready() -> None:
    """Write one line to the descriptor that the supervisor gave, if it gave one."""
    descriptor = os.environ.pop(READY_FD, None)
    if descriptor is not None:
        with os.fdopen(int(descriptor), "w") as output:
            output.write("ready\n")
