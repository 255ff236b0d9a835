"""Parts of the bench of recorded calls: the process under measurement, its load, and the peer it is compared with."""

import os
from contextlib import suppress

LOAD, SERVER = 2, 1
"""The load goes first, so that it is even however busy the server is."""


def prefer(priority: int) -> None:
    """Let this process go before whatever else runs on this machine, where that is permitted."""
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(priority))
