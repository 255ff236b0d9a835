"""Processes under measurement: their processor time and memory, read from /proc."""

import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A free port of the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
    return found


@dataclass(frozen=True)
class Usage:
    """What a process and its children used so far."""

    cpu_seconds: float
    pss_kib: int


def usage(pid: int) -> Usage:
    """Processor time (user and system, in seconds) and proportional memory of a process and its children."""
    cpu, pss = 0.0, 0
    for each in tree(pid):
        try:
            words = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            # Of children that are gone too: PostgreSQL's end with their connections.
            cpu += sum(map(int, words[11:15] if each == pid else words[11:13])) / TICKS
            pss += next(
                int(line.split()[1])
                for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
                if line.startswith("Pss:")
            )
        except (OSError, StopIteration):
            continue
    return Usage(cpu, pss)


def stop(process: subprocess.Popen[str], seconds: float = 15) -> None:
    """End a process that we started."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
