"""A whole Shiftline as its operators start it, with as many agents, tokens and channels as a load needs."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import free_port, stop
from benchmarks.registry import say
from shiftline.apps.running import find_settings
from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.ids import new_id
from shiftline.identity.model import PersonDraft
from shiftline.identity.operations.people import create_person_in
from shiftline.identity.operations.tokens import authenticate, issue_token_in
from shiftline.signalling.channels.operations import create_channel

CLIENT = "benchmark"


@dataclass(frozen=True)
class Account:
    """Somebody who may connect."""

    person_id: str
    jid: str
    token: str


class Installation:
    """A running ``shiftline serve``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.ready: dict[str, Any] = {}
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start and wait until it is ready."""
        command = [sys.executable, "-P", "-m", "shiftline.apps.cli", "serve"]
        arguments = ["--data", str(self.folder), "--port", str(self.port), "--json"]
        with (self.folder.parent / "stderr").open("w") as errors:
            self._process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError((self.folder.parent / "stderr").read_text())
        self.ready = json.loads(line)

    def stop(self) -> None:
        """Stop everything."""
        assert self._process is not None
        stop(self._process)

    @property
    def organization_id(self) -> str:
        """The installation's own organization."""
        return str(self.ready["organizationId"])

    @property
    def database_url(self) -> str:
        """Where its truth is."""
        return find_settings(self.folder, {}).database_url

    def pid(self, program: str) -> int:
        """The process id of one of its programs: ``signalling``, ``api``, ``postgres``, ``caddy`` ..."""
        assert self._process is not None
        for child in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().decode(errors="replace").split("\0")
            if any(Path(word).name.startswith(program) for word in words[:6]):
                return int(child)
        raise LookupError(program)

    def listen(self, program: str) -> str:
        """The loopback address of one of its own programs."""
        variables = Path(f"/proc/{self.pid(program)}/environ").read_bytes().decode().split("\0")
        return next(each.partition("=")[2] for each in variables if each.startswith("SHIFTLINE_LISTEN="))

    def context(self, database: Database) -> Context:
        """The system, in the installation's organization."""
        return Context(database, Clock(), Actor(self.organization_id, "system"))

    def restart(self, program: str) -> None:
        """Kill one of its programs and wait until the supervisor has it again."""
        import os
        import signal
        import urllib.request

        before = self.pid(program)
        os.kill(before, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            time.sleep(0.1)
            try:
                if self.pid(program) != before:
                    with urllib.request.urlopen(f"http://{self.listen(program)}/health/ready", timeout=2):
                        return
            except (OSError, LookupError):
                continue
        raise RuntimeError(f"{program} did not come back")


@contextmanager
def running() -> Generator[Installation]:
    """A fresh installation, taken down afterwards."""
    base = Path(tempfile.mkdtemp(prefix="shiftline-bench-"))
    base.chmod(0o755)
    installation = Installation(base / "data")
    say("starting an installation")
    installation.start()
    try:
        yield installation
    finally:
        installation.stop()
        shutil.rmtree(base, ignore_errors=True)


async def make_accounts(context: Context, count: int) -> list[Account]:
    """People of one role who may connect, with a token each."""
    say(f"making {count} agents")
    accounts: list[Account] = []
    async with context.transaction() as tx:
        role = await create_role_in(tx, RoleDraft(f"Agents {new_id()[:8]}", None, ("webRTC:enable",)))
    for start in range(0, count, 100):
        async with context.transaction() as tx:
            for number in range(start, min(count, start + 100)):
                name = f"{role.id[:8]}-{number}"
                person = await create_person_in(tx, PersonDraft(name, f"{name}@bench.example"))
                await grant_role_in(tx, person.id, role.id, "*")
                issued = await issue_token_in(tx, person_id=person.id, client_id=CLIENT)
                accounts.append(Account(person.id, person.jabber_id, issued.text))
    return accounts


async def make_channels(context: Context, accounts: list[Account]) -> list[str]:
    """A channel for each account, through the decision that REST makes."""
    say(f"making {len(accounts)} channels")
    few = asyncio.Semaphore(8)

    async def one(account: Account) -> str:
        async with few:
            actor = await authenticate(context.database, context.clock, account.token)
            return (await create_channel(context.acting_as(actor), {})).id

    return list(await asyncio.gather(*(one(account) for account in accounts)))
