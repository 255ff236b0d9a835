"""The worker's loop gives entries their places whatever comes; `shiftline verify-ledger` says where a ledger differs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.conftest import SettableContext

from shiftline.apps.commands import run_command
from shiftline.apps.connections import Engines
from shiftline.apps.ledgers import sequence_entries
from shiftline.foundation.bus import Bus
from shiftline.foundation.database import Database
from shiftline.foundation.objects import Objects
from shiftline.ledger.keys import SigningKeys, create_key_file
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_in
from shiftline.ledger.operations.sequencing import Notary, sequence


async def enter(context: SettableContext, count: int = 1) -> None:
    async with context.transaction() as tx:
        for number in range(count):
            await append_in(tx, EntryDraft("test.happened", "s", {"number": number}))


async def placed(context: SettableContext, count: int) -> None:
    """Wait until so many entries have a place."""
    async with asyncio.timeout(30):
        while True:
            async with context.reader() as reader:
                row = await reader.one("select count(*)::int as placed from ledger.leaf", {})
            if row is not None and row["placed"] == count:
                return
            await asyncio.sleep(0.05)


@pytest.fixture
async def loop(context: SettableContext, database: Database, tmp_path: Path) -> AsyncIterator[Path]:
    """The worker's loop, without news; the file of keys that it is told of is not there yet."""
    keys = tmp_path / "ledger-keys.json"
    engines = Engines(database, Bus("nats://127.0.0.1:1"), context.clock, Objects(tmp_path.as_uri()))
    task = asyncio.create_task(sequence_entries(engines, Notary(SigningKeys(keys), "localhost")))
    yield keys
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_entries_wait_for_the_keys_and_get_their_places_without_any_news(
    context: SettableContext, loop: Path
) -> None:
    await enter(context, 3)
    await asyncio.sleep(1.5)
    await placed(context, 0)
    create_key_file(loop, datetime.now(UTC))
    await placed(context, 3)
    await enter(context)
    await placed(context, 4)


@pytest.fixture
async def told(context: SettableContext, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two checkpoints of a ledger, and the environment by which a command finds it; the folder of its files."""
    create_key_file(tmp_path / "ledger-keys.json", datetime.now(UTC))
    notary = Notary(SigningKeys(tmp_path / "ledger-keys.json"), "localhost")
    for number in (1, 2):
        await enter(context, 3)
        await sequence(context, notary)
        async with context.reader() as reader:
            row = await reader.one("select note from ledger.checkpoint order by size desc", {})
        assert row is not None
        await asyncio.to_thread((tmp_path / f"checkpoint-{number}").write_text, row["note"])
    variables = {
        "SHIFTLINE_DATABASE_URL": "postgresql://?" + urlencode(conninfo_to_dict(database_url)),
        "SHIFTLINE_NATS_URL": "nats://127.0.0.1:1",
        "SHIFTLINE_OBJECTS_URL": "file:///tmp",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return tmp_path


async def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = await asyncio.to_thread(run_command, ["verify-ledger", *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


async def test_the_command_says_that_all_is_well(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = await ask(capsys)
    assert code == 0, said
    assert said.startswith("ok    localhost/shiftline/ledger/org-1: 6 entries are what 2 signed checkpoints say. Root ")
    code, said = await ask(capsys, "--organization", "org-1", "--against", str(told / "checkpoint-1"))
    assert code == 0, said


async def test_the_command_says_what_is_wrong(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = (told / "checkpoint-1").read_text().replace("\n3\n", "\n4\n")
    (told / "forged").write_text(forged)
    code, said = await ask(capsys, "--organization", "org-1", "--against", str(told / "forged"))
    assert code == 3
    assert "FAIL  localhost/shiftline/ledger/org-1: the checkpoint that was kept elsewhere is not of this log" in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--organization", "org-9"], "--organization: org-9 has no ledger."),
        (["--against", "/nowhere"], "--against: /nowhere cannot be read: No such file or directory."),
    ],
)
async def test_the_command_refuses_what_it_cannot_do(
    told: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    assert await ask(capsys, *arguments) == (2, f"{reason}\n")
    assert told.exists()


async def test_a_checkpoint_is_of_one_organizations_log(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = await ask(capsys, "--against", str(told / "checkpoint-2"))
    assert (code, "" if code == 0 else said) == (0, "")
