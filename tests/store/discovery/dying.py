"""A worker that goes on with an export and kills itself at a step.

Arguments: database URL, folder, organization, export, the step, seconds since 1970.
"""

import asyncio
import os
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.store.recordings.dying import die_at
from tests.unit.discovery.sample import Authority as Openssl

from shiftline.discovery.anchors.timestamps import load_roots
from shiftline.discovery.exports.destinations import folders, zips
from shiftline.discovery.exports.destinations.placing import Places
from shiftline.discovery.exports.errors import Waiting
from shiftline.discovery.exports.operations import freezing, planning, running, sealing, stamping, storing
from shiftline.discovery.exports.operations.running import run_export
from shiftline.discovery.exports.operations.tools import Authority, Tools
from shiftline.discovery.exports.store import frozen, states
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.objects import Objects
from shiftline.ledger.keys import SigningKeys
from shiftline.ledger.operations.sequencing import Notary, sequence_waiting
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import Vault

FOLDER: dict[str, Callable[[], None]] = {
    "before the freeze": lambda: die_at(freezing, "append_in", "before"),
    "with conversations frozen": lambda: die_at(frozen, "insert_conversations", "after"),
    "before the freeze commits": lambda: die_at(frozen, "freeze_export", "after"),
    "after the freeze": lambda: die_at(running, "freeze", "after"),
    "before the checkpoint is fixed": lambda: die_at(frozen, "set_ledger", "before"),
    "after the checkpoint is fixed": lambda: die_at(frozen, "list_unproven", "before"),
    "with proofs computed": lambda: die_at(frozen, "set_proofs", "before"),
    "with proofs kept": lambda: die_at(running, "prove", "after", 2),
    "within the plan": lambda: die_at(planning, "measure", "after", 7),
    "with conversations planned": lambda: die_at(planning, "_keep", "after", 1),
    "before the plan commits": lambda: die_at(states, "insert_objects", "after", 2),
    "with all planned": lambda: die_at(planning, "plan_payload", "after"),
    "with objects claimed": lambda: die_at(states, "claim_objects", "after"),
    "before the first file": lambda: die_at(folders, "_open", "before", 1),
    "with a file begun": lambda: die_at(folders, "_open", "after", 3),
    "with a file written": lambda: die_at(folders, "_write", "after", 5),
    "with a file on the disk": lambda: die_at(folders.os, "fsync", "after", 9),
    "before a file gets its name": lambda: die_at(folders.os, "link", "before", 4),
    "with a file named": lambda: die_at(folders.os, "link", "after", 6),
    "with a folder on the disk": lambda: die_at(folders, "settle_folder", "after", 12),
    "before results are kept": lambda: die_at(states, "settle_objects", "before"),
    "with results not committed": lambda: die_at(states, "settle_objects", "after"),
    "with the payload stored": lambda: die_at(storing.Storing, "run", "after", 1),
    "with the logs planned": lambda: die_at(planning, "plan_files", "after", 1),
    "with the logs stored": lambda: die_at(storing.Storing, "run", "after", 2),
    "with the manifest planned": lambda: die_at(planning, "plan_files", "after", 2),
    "with the manifest stored": lambda: die_at(storing.Storing, "run", "after", 3),
    "with a token that is not kept": lambda: die_at(states, "insert_token", "before", 1),
    "with the first token kept": lambda: die_at(stamping, "stamp", "after", 1),
    "with the tags planned": lambda: die_at(planning, "plan_tags", "after"),
    "with the tags stored": lambda: die_at(storing.Storing, "run", "after", 4),
    "with the second token kept": lambda: die_at(stamping, "stamp_alike", "after"),
    "with the anchors planned": lambda: die_at(planning, "plan_files", "after", 3),
    "with the anchors stored": lambda: die_at(storing.Storing, "run", "after", 5),
    "with the destination finished": lambda: die_at(folders.FolderStore, "finish", "after"),
    "with the destination compared": lambda: die_at(running, "check_destination", "after"),
    "before the seal is entered": lambda: die_at(sealing, "append_in", "before"),
    "before the seal commits": lambda: die_at(states, "seal_export", "after"),
    "after the seal": lambda: die_at(running, "seal", "after"),
}
ZIP: dict[str, Callable[[], None]] = {
    "with an entry begun": lambda: die_at(zipfile.ZipFile, "open", "after", 4),
    "with entries stored": lambda: die_at(zips.ZipStore, "create", "after", 9),
    "with the logs stored": lambda: die_at(storing.Storing, "run", "after", 2),
    "with the tags stored": lambda: die_at(storing.Storing, "run", "after", 4),
    "before the ZIP gets its name": lambda: die_at(zips.os, "link", "before"),
    "with the ZIP named": lambda: die_at(zips.os, "link", "after"),
    "with the ZIP finished": lambda: die_at(zips.ZipStore, "finish", "after"),
}


def find_step(step: str) -> Callable[[], None]:
    """A step of a folder's export, or of a ZIP's."""
    kind, _, name = step.partition(": ")
    return (FOLDER if kind == "folder" else ZIP)[name]


async def main(url: str, folder: Path, organization_id: str, export_id: str, step: str, now: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(now))
    clock = Clock(at - datetime.now(UTC))
    database = Database(url)
    await database.open()
    context = Context(database, clock, Actor(organization_id, "system"))
    keys = SigningKeys(folder / "ledger.json")
    authority = Path((folder / "authority").read_text())
    openssl = Openssl(authority, tuple(load_roots((authority / "ca.pem").read_bytes())))

    async def ask(request: bytes) -> bytes:
        return openssl.answer(request)

    tools = Tools(
        vault=Vault(Objects((folder / "objects").as_uri()), Keys(folder / "keys.json")),
        keys=keys,
        places=Places(folder=folder / "exports"),
        software="Shiftline test",
        authority=Authority("test", ask, openssl.roots),
        together=4,
    )
    find_step(step)()
    for _ in range(3):
        try:
            await run_export(context, tools, export_id, 1)
        except Waiting:
            await sequence_waiting(context.acting_as(Actor("", "system")), Notary(keys, "localhost"))
        else:
            break


if __name__ == "__main__":
    _, url, folder, *rest = sys.argv
    os.environ["PYTHONTZPATH"] = ""
    asyncio.run(main(url, Path(folder), *rest))
