"""Connect + authenticate + bind at the signalling process, and what an idle session costs, beside Prosody."""

import asyncio
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bare_signalling import running_bare
from benchmarks.installation import Account, Installation, make_accounts, make_channels, running
from benchmarks.processes import usage
from benchmarks.prosody import Prosody, running_prosody
from benchmarks.registry import Outcome, Skipped, bench, middle, say
from shiftline.foundation.database import Database

LOAD = Path(__file__).parents[2] / "shared" / "tools" / "xmppload.py"
STEPS = "ws,open,auth,reopen,bind,presence,idle"
SESSIONS = 2000
INFLIGHT = 100
IDLE = 5
REPEATS = 3
RATIO = 3.0


@dataclass(frozen=True)
class Target:
    """What the load connects to: the options that name it, and the processes that are measured beside the server."""

    pid: int
    options: tuple[str, ...]
    beside: tuple[tuple[str, int], ...] = ()


def load(target: Target) -> dict[str, Any]:
    """One run of the load: CPU-milliseconds and KiB a session at the server, and CPU beside it."""
    command = [sys.executable, str(LOAD), "-n", str(SESSIONS), "--inflight", str(INFLIGHT), "--steps", STEPS]
    command += ["--idle", str(IDLE), "--pid", str(target.pid), "--max-errors", "0", *target.options]
    before = {name: usage(pid).cpu_seconds for name, pid in target.beside}
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    result = json.loads(done.stdout.splitlines()[-1])
    cpu = result["server"]["cpu_s"]
    beside = {
        f"{name}_cpu_ms_per_setup": (usage(pid).cpu_seconds - before[name]) * 1e3 / SESSIONS
        for name, pid in target.beside
    }
    return {
        "setups_per_cpu_second": SESSIONS / cpu,
        "cpu_ms_per_setup": cpu * 1e3 / SESSIONS,
        "kib_per_idle_session": result["server"]["kib_per_connection"],
        "setups_per_second": result["connections_per_s"],
        "setup_p99_ms": result["latency_ms"]["setup"]["p99"],
        **beside,
    }


def our_target(installation: Installation, accounts: Path, domain: str) -> Target:
    """The signalling process; PostgreSQL works beside it."""
    url = f"ws://{installation.listen('signalling')}/stream/channels/-"
    options = ("--url", url, "--domain", domain, "--accounts", str(accounts))
    return Target(installation.pid("signalling"), options, (("postgres", installation.pid("postgres")),))


def edge_target(installation: Installation, accounts: Path, domain: str) -> Target:
    """The signalling process again, through the edge and its TLS, which works beside it as PostgreSQL does."""
    url = f"wss://{installation.ready['environment']}/stream/channels/-"
    options = ("--url", url, "--domain", domain, "--accounts", str(accounts), "--insecure")
    beside = tuple((name, installation.pid(name)) for name in ("caddy", "postgres"))
    return Target(installation.pid("signalling"), options, beside)


def bare_target(pid: int, port: int, accounts: Path, domain: str) -> Target:
    """Our connections with an authority that asks nobody."""
    url = f"ws://127.0.0.1:{port}/stream/channels/-"
    return Target(pid, ("--url", url, "--domain", domain, "--accounts", str(accounts)))


def peer_target(prosody: Prosody) -> Target:
    """Prosody."""
    return Target(prosody.pid, ("--url", prosody.url, "--domain", "localhost"))


def write_accounts(path: Path, address: str, accounts: list[Account], channels: list[str]) -> None:
    """The load's list of accounts: a channel's own address, the JID, the token."""
    rows = (
        f"{address}/stream/channels/{channel}\t{account.jid}\tauthKey:{account.token}"
        for account, channel in zip(accounts, channels, strict=True)
    )
    path.write_text("\n".join(rows) + "\n")


async def prepare(installation: Installation, count: int) -> tuple[list[Account], list[str]]:
    """Accounts and their channels."""
    database = Database(installation.database_url)
    await database.open()
    try:
        context = installation.context(database)
        accounts = await make_accounts(context, count)
        return accounts, await make_channels(context, accounts)
    finally:
        await database.close()


@bench(
    "signalling-setup",
    group="signalling",
    bar=f"at least {RATIO:g}x Prosody's setups per CPU-second, at most its KiB per idle session",
)
def signalling_setup() -> Outcome:
    """Ours and Prosody under the same load, turn by turn, each time on a fresh process."""
    if not LOAD.exists():
        raise Skipped(f"the load generator is not here: {LOAD.name}")
    with running() as installation, tempfile.TemporaryDirectory() as folder:
        accounts, channels = asyncio.run(prepare(installation, SESSIONS))
        ours: list[dict[str, Any]] = []
        bare: list[dict[str, Any]] = []
        edged: list[dict[str, Any]] = []
        peers: list[dict[str, Any]] = []
        version = ""
        for number in range(REPEATS):
            say(f"run {number + 1} of {REPEATS}")
            installation.restart("signalling")
            listed = Path(folder) / "accounts.tsv"
            write_accounts(listed, f"ws://{installation.listen('signalling')}", accounts, channels)
            ours.append(load(our_target(installation, listed, accounts[0].jid.partition("@")[2])))
            say(f"  ours {ours[-1]}")
            with running_bare(accounts[0].jid.partition("@")[2]) as (pid, port):
                write_accounts(listed, f"ws://127.0.0.1:{port}", accounts, channels)
                bare.append(load(bare_target(pid, port, listed, accounts[0].jid.partition("@")[2])))
            say(f"  ours without decision and database {bare[-1]}")
            with running_prosody(SESSIONS) as prosody:
                version = prosody.version
                peers.append(load(peer_target(prosody)))
            say(f"  peer {peers[-1]}")
            installation.restart("signalling")
            write_accounts(listed, f"wss://{installation.ready['environment']}", accounts, channels)
            edged.append(load(edge_target(installation, listed, accounts[0].jid.partition("@")[2])))
            say(f"  ours through the edge {edged[-1]}")
    own, alone, peer = middle(ours), middle(bare), middle(peers)
    ratio = alone["setups_per_cpu_second"] / peer["setups_per_cpu_second"]
    whole = own["setups_per_cpu_second"] / peer["setups_per_cpu_second"]
    memory = own["kib_per_idle_session"] / peer["kib_per_idle_session"]
    figures = {
        "connections": alone,
        "with_decision_and_database": own,
        "through_the_edge": middle(edged),
        "sessions": SESSIONS,
        "setups_ratio": round(ratio, 2),
        "setups_ratio_with_decision_and_database": round(whole, 2),
        "memory_ratio": round(memory, 2),
    }
    return Outcome(figures, {"name": version, **peer}, holds=ratio >= RATIO and memory <= 1)
