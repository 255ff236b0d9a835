"""What engines written in Go are told by their environment."""

import os
from pathlib import Path


def go_environment(home: Path) -> dict[str, str]:
    """Return the whole environment of such an engine, at home in a folder.

    Beside it the programs of Shiftline want the machine, too. With as many threads as cores Go's scheduler looks for work on cores
    that others need: with half of them the edge spends a fifth less on each agent who signs on, on two cores.
    """
    return {"PATH": os.defpath, "HOME": str(home), "GOMAXPROCS": str(max(1, (os.cpu_count() or 1) // 2))}
