"""`shiftline backup` and `shiftline restore`: one cut of database and objects, while it runs; and to a point in time."""

import asyncio
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.conftest import FAST, Server, SettableClock, SettableContext
from tests.store.conftest import make_tenant
from tests.store.conversations.centre import make_calls
from tests.store.recordings.conftest import START, Room

from shiftline.apps.backup import copying, manifest
from shiftline.apps.backup.base import superuser_url
from shiftline.apps.backup.making import Asked, Made, make_backup
from shiftline.apps.backup.restoring import Restored, Wanted, restore
from shiftline.apps.check import check_archive
from shiftline.apps.engines import postgres
from shiftline.apps.engines.account import choose_account
from shiftline.apps.engines.archiving import archive_into
from shiftline.apps.sample.prepare import prepare_folder
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.migrations import migrate
from shiftline.foundation.objects import Objects
from shiftline.foundation.settings import Settings
from shiftline.ledger.keys import SigningKeys, create_key_file
from shiftline.ledger.operations.sequencing import Notary, sequence
from shiftline.recordings.keys import Keys
from shiftline.recordings.keys import create_key_file as create_recording_keys
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.spool.files import Spool

PASSPHRASE = "correct horse battery"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the database's own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="shiftline-backup-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Installation:
    """Something to back up: recorded calls, a ledger, keys."""

    room: Room
    settings: Settings
    place: Path
    data: Path | None = None

    @property
    def root(self) -> Path:
        return self.place / "backups"

    async def sign(self) -> None:
        """Give the ledger's entries their places."""
        assert self.settings.ledger_keys is not None
        await sequence(self.room.context, Notary(SigningKeys(self.settings.ledger_keys), "localhost"))

    async def back_up(self, **more: Any) -> Made:
        return await make_backup(Asked(root=self.root, settings=self.settings, data=self.data, **more), print)

    async def put_back(self, name: str = "restored", **more: Any) -> Restored:
        asked: dict[str, Any] = {"keys": (self.settings.recording_keys, self.settings.ledger_keys), **more}
        return await restore(Wanted(root=self.root, data=self.place / name, **asked), print)


async def install(context: SettableContext, url: str, place: Path, **more: Any) -> Installation:
    create_recording_keys(place / "recording-keys.json", START)
    create_key_file(place / "ledger-keys.json", START)
    settings = Settings(
        environment="localhost:8443",
        database_url=url,
        nats_url="nats://127.0.0.1:1",
        objects_url=(place / "objects").as_uri(),
        listen="127.0.0.1:0",
        recording_keys=place / "recording-keys.json",
        ledger_keys=place / "ledger-keys.json",
        **more,
    )
    context.clock.set(START)
    tenant = await make_tenant(context)
    agent = await tenant.person("Ana Ruiz")
    vault = Vault(Objects(settings.objects_url), Keys(settings.recording_keys))
    spool = Spool(place / "spool", context.clock)
    return Installation(Room(tenant, await make_calls(tenant), vault, spool, agent, context.clock), settings, place)


@pytest.fixture
async def installation(context: SettableContext, database_url: str, place: Path) -> Installation:
    return await install(context, database_url, place)


def rows_at(data: Path, statement: str) -> list[tuple[Any, ...]]:
    """What a restored folder's database answers; it is started for the question."""
    running = postgres.start(data, FAST)
    try:
        with psycopg.connect(running.url) as connection:
            return connection.execute(statement.encode()).fetchall()
    finally:
        running.stop()


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_database_and_objects_come_back_as_they_were_at_the_cut(installation: Installation) -> None:
    kept = [await installation.room.sealed(1.0) for _ in range(3)]
    await installation.sign()
    made = await installation.back_up()
    later = await installation.room.sealed(1.0)
    assert (made.manifest.recordings, made.new_objects, made.manifest.problems) == (3, 3, [])
    assert made.unsigned is None
    restored = await installation.put_back()
    assert (restored.recordings, restored.missing, restored.check.opened) == (3, (), 3)
    assert restored.check.holds, restored.check.findings
    assert restored.chosen.signed_by is not None
    found = rows_at(installation.place / "restored", "select id from recordings.recording")
    assert {row[0] for row in found} == {each.id for each in kept}
    assert later.id not in {row[0] for row in found}
    before, after = installation.place / "objects", installation.place / "restored" / "objects"
    known = files_in(before)
    assert files_in(after) == {key: known[key] for key in files_in(after)}
    assert set(files_in(after)) == {each.object_key for each in kept}


async def test_an_object_is_not_copied_twice(installation: Installation) -> None:
    await installation.room.sealed(1.0)
    first = await installation.back_up()
    await installation.room.sealed(1.0)
    second = await installation.back_up()
    assert (first.new_objects, second.new_objects, second.manifest.objects) == (1, 1, 2)
    again = await installation.put_back("first", backup_id=first.manifest.id)
    assert again.recordings == 1


async def test_no_key_is_in_a_backup_unless_it_was_asked_for(installation: Installation) -> None:
    await installation.room.sealed(1.0)
    await installation.back_up()
    secrets = [json.loads(path.read_text())[0]["key"].encode() for path in installation.place.glob("*-keys.json")]
    assert len(secrets) == 2
    await installation.back_up(passphrase=PASSPHRASE)
    assert not [path for path, content in files_in(installation.root).items() if any(key in content for key in secrets)]
    with pytest.raises(StartRefusedError, match="passphrase the one of that day"):
        await installation.put_back(keys=(None, None), passphrase="another passphrase")
    restored = await installation.put_back(keys=(None, None), passphrase=PASSPHRASE)
    assert (restored.check.opened, restored.chosen.signed_by is not None) == (1, True)
    held = (installation.place / "restored" / "keys" / "recording-keys.json").read_bytes()
    assert held == (installation.place / "recording-keys.json").read_bytes()


async def test_a_short_passphrase_is_refused_before_anything_is_written(installation: Installation) -> None:
    with pytest.raises(StartRefusedError, match="must have 12"):
        await installation.back_up(passphrase="short")


async def test_without_the_keys_everything_comes_back_and_nothing_is_heard(installation: Installation) -> None:
    await installation.room.sealed(1.0)
    await installation.back_up()
    restored = await installation.put_back(keys=(None, None))
    assert restored.check.holds
    assert any("No recording was opened" in each.sentence for each in restored.check.findings)


async def test_nothing_is_put_over_what_is_there(installation: Installation) -> None:
    await installation.back_up()
    (installation.place / "restored").mkdir()
    (installation.place / "restored" / "mine").touch()
    with pytest.raises(StartRefusedError, match="is not empty"):
        await installation.put_back()
    with pytest.raises(StartRefusedError, match="SHIFTLINE_DATABASE_URL is not empty"):
        await restore(Wanted(root=installation.root, data=None, settings=installation.settings), print)


async def test_external_engines_take_a_backup(installation: Installation, server: Server) -> None:
    await installation.room.sealed(1.0)
    await installation.sign()
    await installation.back_up()
    server.command("create database put_back")
    try:
        objects = (installation.place / "other-objects").as_uri()
        settings = manifest.msgspec.structs.replace(
            installation.settings, database_url=server.on("put_back"), objects_url=objects
        )
        restored = await restore(Wanted(root=installation.root, data=None, settings=settings), print)
        assert (restored.recordings, restored.check.opened, restored.check.holds) == (1, 1, True)
    finally:
        server.drop("put_back")


async def test_each_file_that_was_changed_is_named(installation: Installation) -> None:
    await installation.room.sealed(1.0)
    made = await installation.back_up()
    key = next(iter(copying.read_index(made.folder))).key
    for path in (made.folder / manifest.DUMP, made.folder / manifest.README, installation.root / "objects" / key):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(StartRefusedError, match=path.name):
            await installation.put_back()
        path.write_bytes(content)
    told = made.folder / manifest.MANIFEST
    told.write_text(told.read_text().replace('"recordings": 1', '"recordings": 0'))
    with pytest.raises(StartRefusedError, match="was changed after it was signed"):
        await installation.put_back()
    assert not (installation.place / "restored").exists()


async def test_a_newer_schema_is_refused(installation: Installation) -> None:
    async with installation.room.context.transaction() as tx:
        await tx.connection.execute("insert into foundation.migration (name, digest) values ('9999_pre_later.sql', '')")
    try:
        await installation.back_up()
    finally:
        async with installation.room.context.transaction() as tx:
            await tx.connection.execute("delete from foundation.migration where name = '9999_pre_later.sql'")
    with pytest.raises(StartRefusedError, match="made by a newer Shiftline"):
        await installation.put_back()


async def test_an_object_that_is_gone_or_another_is_told(installation: Installation) -> None:
    gone, changed = await installation.room.sealed(1.0), await installation.room.sealed(1.0)
    assert gone.object_key is not None
    assert changed.object_key is not None
    (installation.place / "objects" / gone.object_key).unlink()
    with (installation.place / "objects" / changed.object_key).open("r+b") as file:
        file.write(b"X")
    made = await installation.back_up()
    assert sorted(each.key for each in made.manifest.problems) == sorted([gone.object_key, changed.object_key])
    restored = await installation.put_back()
    assert restored.missing == (f"{gone.object_key}: recording {gone.id}",)
    assert not restored.check.holds


async def test_recordings_that_were_destroyed_later_are_listed(installation: Installation) -> None:
    recording = await installation.room.sealed(1.0)
    await installation.back_up()
    later = installation.place / "later.json"
    page = {"entities": [{"kind": "recording.destroyed", "subjectId": recording.id}], "total": 2}
    later.write_text(json.dumps(page))
    with pytest.raises(StartRefusedError, match="has 1 of 2 entries"):
        await installation.put_back(later=later)
    other = {"entities": [{"kind": "recording.destroyed", "subjectId": "gone"}], "total": 2}
    later.write_text(f"{json.dumps(page)}\n{json.dumps(other)}\n")
    restored = await installation.put_back(later=later)
    assert restored.back_again == (recording.id,)


async def test_objects_that_no_backup_names_are_pruned(installation: Installation) -> None:
    from shiftline.apps.backup.pruning import prune

    recording = await installation.room.sealed(1.0)
    made = await installation.back_up()
    assert prune(installation.root) == 0
    assert recording.object_key is not None
    (installation.place / "objects" / recording.object_key).unlink()
    await installation.back_up()
    shutil.rmtree(made.folder)
    assert prune(installation.root) == 1


DYING = """
import asyncio, os, signal, sys
from pathlib import Path
import msgspec
from shiftline.apps.backup import copying, making, manifest, streaming
from shiftline.foundation.settings import Settings
step, root, settings = sys.argv[1], Path(sys.argv[2]), msgspec.json.decode(sys.argv[3])
paths = {name: Path(settings[name]) for name in ("recording_keys", "ledger_keys")}
settings = Settings(**{**settings, **paths})
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
async def die_later(*_, **__): die()
count = 0
write = streaming.write_stream
async def dying(path, pieces, seen):
    global count
    count += 1
    if step == "within the dump" and count == 1:
        async def cut():
            yield b"half"
            die()
        await write(path, cut(), seen)
    result = await write(path, pieces, seen)
    if step == "after an object" and count >= 3:
        die()
    return result
making.write_stream = copying.write_stream = dying
if step == "before the objects": copying.copy_objects = die_later
if step == "before the index": copying.write_index = die
if step == "before the manifest": manifest.write_manifest = die
if step == "within the manifest":
    whole = manifest.write_whole
    manifest.write_whole = lambda path, content, mode=0o600: die() if path.name == "manifest.json" else whole(path, content, mode)
asyncio.run(making.make_backup(making.Asked(root=root, settings=settings, data=None), print))
"""
STEPS = [
    "within the dump", "before the objects", "after an object", "before the index", "before the manifest", "within the manifest",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
async def test_a_backup_that_is_killed_says_so_and_is_gone_on_with(installation: Installation, step: str) -> None:
    for _ in range(4):
        await installation.room.sealed(1.0)
    settings = {
        name: str(getattr(installation.settings, name))
        for name in (
            "environment",
            "database_url",
            "nats_url",
            "objects_url",
            "listen",
            "recording_keys",
            "ledger_keys",
        )
    }
    command = (sys.executable, "-c", DYING, step, str(installation.root), json.dumps(settings))
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL
    with pytest.raises(StartRefusedError, match=r"no complete backup.*begun and not finished"):
        await installation.put_back()
    made = await installation.back_up()
    assert made.resumed == (step != "within the dump")
    assert (made.manifest.recordings, made.manifest.problems) == (4, [])
    assert manifest.list_unfinished(installation.root) == []
    restored = await installation.put_back()
    assert (restored.recordings, restored.check.opened, restored.check.holds) == (4, 4, True)


async def test_a_full_disk_says_so(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    await installation.room.sealed(1.0)

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("shiftline.apps.backup.streaming.os.write", full)
        with pytest.raises(StartRefusedError, match=r"disk of .* is full.*run the same command again"):
            await installation.back_up()
    assert (await installation.back_up()).manifest.recordings == 1


async def test_what_is_sealed_while_it_is_backed_up_is_whole_or_not_there(installation: Installation) -> None:
    await installation.room.sealed(1.0)
    sealing = asyncio.create_task(_seal_many(installation.room, 12))
    await asyncio.sleep(0.05)
    made = await installation.back_up()
    await sealing
    assert made.manifest.problems == []
    restored = await installation.put_back()
    assert (restored.missing, restored.check.holds) == ((), True)
    assert restored.check.opened == restored.recordings


async def _seal_many(room: Room, count: int) -> None:
    for _ in range(count):
        await room.sealed(1.0)


@pytest.fixture
async def archived(place: Path, context: SettableContext) -> AsyncIterator[Installation]:
    """An installation on a server of its own, whose log is archived into the folder of backups."""
    data, root = place / "data", place / "backups"
    log_settings = archive_into(root, choose_account(data / "postgres"))
    running = postgres.start(data, FAST, log_settings)
    try:
        await migrate(running.url)
        database = Database(running.url)
        await database.open()
        try:
            actor = Actor("org-1", "person", person_id="admin-1", grants=context.actor.grants)
            own = SettableContext(database, SettableClock(), actor)
            installation = await install(own, running.url, place, archive_to=root)
            installation.data = data
            yield installation
        finally:
            await database.close()
    finally:
        running.stop()


async def test_any_instant_since_the_base_is_put_back(archived: Installation) -> None:
    first = await archived.room.sealed(1.0)
    await archived.sign()
    base = await archived.back_up()
    assert (base.manifest.kind, base.manifest.base is not None) == ("log", True)
    second = await archived.room.sealed(1.0)
    await asyncio.sleep(0.2)
    instant = datetime.now(UTC)
    await asyncio.sleep(0.2)
    third = await archived.room.sealed(1.0)
    await archived.sign()
    last = await archived.back_up()
    assert (last.manifest.base, last.new_objects) == (base.manifest.base, 2)
    at_instant = await archived.put_back("at-instant", to_time=instant)
    assert (at_instant.recordings, at_instant.check.opened, at_instant.check.holds) == (2, 2, True)
    found = {row[0] for row in rows_at(archived.place / "at-instant", "select id from recordings.recording")}
    assert found == {first.id, second.id}
    assert third.id not in found
    at_cut = await archived.put_back("at-cut", backup_id=base.manifest.id)
    assert at_cut.recordings == 1
    at_last = await archived.put_back("at-last")
    assert (at_last.recordings, at_last.check.opened, at_last.check.holds) == (3, 3, True)
    assert base.manifest.base is not None
    with pytest.raises(StartRefusedError, match="before the first instant"):
        await archived.put_back("never", to_time=base.manifest.base.usable_from - timedelta(seconds=5))
    with pytest.raises(StartRefusedError, match="The archived log ends before"):
        await archived.put_back("never", to_time=datetime.now(UTC) + timedelta(hours=1))
    assert not (archived.place / "never").exists()
    fourth = await archived.room.sealed(1.0)
    await asyncio.sleep(0.2)
    instant = datetime.now(UTC)
    await asyncio.sleep(0.2)
    await archived.room.sealed(1.0)
    await switch_segment(archived)
    # The log has the row of what was sealed after the last backup; its sound is in none.
    after = await archived.put_back("after", to_time=instant)
    assert (after.recordings, [each.split(": ")[1] for each in after.missing]) == (4, [f"recording {fourth.id}"])
    (finding,) = await check_archive(archived.settings)
    assert finding.holds, finding.sentence


async def switch_segment(archived: Installation) -> None:
    """Have all that was written so far archived."""
    assert archived.data is not None
    url = superuser_url(archived.settings.database_url, archived.data)
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
    assert row is not None
    async with asyncio.timeout(60):
        while not (archived.root / "wal" / f"{row[0]}.gz").exists():
            await asyncio.sleep(0.1)


RESTORING = """
import asyncio, os, signal, sys
from pathlib import Path
from shiftline.apps.backup import recovering, restoring
step, root, data = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
async def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
def die_now(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
if step == "before the database": recovering.load_dump = die
if step == "before the objects": restoring._put_objects = die
if step == "before the checks": restoring.checking.check_restored = die
if step == "before it has its name": restoring._move = die_now
asyncio.run(restoring.restore(restoring.Wanted(root=root, data=data), print))
"""


@pytest.mark.parametrize(
    "step", ["before the database", "before the objects", "before the checks", "before it has its name"]
)
async def test_a_restore_that_is_killed_leaves_nothing_to_start(installation: Installation, step: str) -> None:
    await installation.room.sealed(1.0)
    await installation.back_up()
    data = installation.place / "restored"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RESTORING, step, str(installation.root), str(data)
    )
    assert await process.wait() == -signal.SIGKILL
    assert not data.exists()
    restored = await installation.put_back()
    assert (restored.recordings, restored.check.opened, restored.check.holds) == (1, 1, True)
    assert [path.name for path in installation.place.iterdir() if path.name.startswith(".")] == []


async def test_a_folder_that_was_put_back_tells_no_password_that_it_cannot_know(installation: Installation) -> None:
    first = await prepare_folder(installation.settings, demo=False, secret="one")
    assert first["admin"] == {}  # org-1 was made by the test, with another secret
    assert first["organizationId"] == "org-1"


async def test_a_backup_without_a_log_names_what_can_be_put_back(installation: Installation) -> None:
    made = await installation.back_up()
    with pytest.raises(StartRefusedError, match=f"{made.manifest.cut.at:%Y-%m-%dT%H:%M}"):
        await installation.put_back(to_time=made.manifest.cut.at)
