"""What was put back is looked at: the ledgers from end to end, and some recordings by opening them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shiftline.apps.backup.choosing import Chosen
from shiftline.apps.backup.facts import SQL
from shiftline.apps.connections import make_engines
from shiftline.apps.finding import Finding
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation import jobs
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Refusal
from shiftline.foundation.settings import Settings
from shiftline.ledger.operations.checking import check_ledger
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.playing import read_whole
from shiftline.recordings.operations.reading import find_recording
from shiftline.recordings.operations.vault import Vault

SAMPLE = 64
DESTROYED = "recording.destroyed"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks found, and how many recordings were opened and heard to their end."""

    findings: tuple[Finding, ...]
    opened: int

    @property
    def holds(self) -> bool:
        """Whether all is as it should be."""
        return all(each.holds for each in self.findings)


async def check_restored(settings: Settings, chosen: Chosen) -> Checked:
    """Recompute each ledger, which must contain what it said at the cut, and open a sample of recordings."""
    engines = make_engines(settings, connections=2)
    await engines.database.open()
    try:
        context = jobs.system_context(engines.database, engines.clock)
        findings = [await _check_ledger(context, chosen, each.organization_id) for each in chosen.manifest.ledgers]
        vault = Vault(engines.objects, Keys(settings.recording_keys))
        sound, opened = await _open_sample(context, vault, chosen.manifest.id)
        return Checked((*findings, *sound), opened)
    finally:
        await engines.database.close()


async def _check_ledger(context: Context, chosen: Chosen, organization_id: str) -> Finding:
    # At an instant before the cut the ledger is shorter than at the cut, and need not contain that.
    known = [each.note for each in chosen.manifest.ledgers if each.organization_id == organization_id]
    if chosen.to_time is not None:
        known = []
    report = await check_ledger(context.acting_as(Actor(organization_id, "system")), known)
    if report.problem is not None:
        return Finding(holds=False, sentence=f"The ledger of {organization_id}: {report.problem}")
    more = "" if chosen.to_time is not None else ", and contains what it had signed at the cut"
    return Finding(holds=True, sentence=f"The ledger of {organization_id} holds: {report.leaves} entries{more}.")


async def _open_sample(context: Context, vault: Vault, salt: str) -> tuple[list[Finding], int]:
    async with context.reader() as reader:
        rows = await reader.all(SQL["sample_recordings"], {"salt": salt, "limit": SAMPLE})
        found = [await find_recording(reader, row["organization_id"], row["recording_id"]) for row in rows]
    if not found:
        return [Finding(holds=True, sentence="There are no recordings to open.")], 0
    if vault.keys.problem is not None:
        sentence = (
            f"No recording was opened: {vault.keys.problem} Every object is what was backed up; put the file of keys in "
            "its place before you start."
        )
        return [Finding(holds=True, sentence=sentence)], 0
    opened, findings = 0, list[Finding]()
    for recording in found:
        try:
            await read_whole(vault, recording)
            opened += 1
        except Refusal as error:
            findings.append(Finding(holds=False, sentence=f"Recording {recording.id}: {error.message}"))
    findings.insert(0, Finding(not findings, f"{opened} of {len(found)} recordings that were tried open to their end."))
    return findings, opened


def read_tombstones(later: Path | None) -> Sequence[str]:
    """The recordings whose destruction a file of ledger entries tells of: answers of ``GET .../ledger/entries``, one or a line each.

    Raises StartRefusedError for another file, and for one that lacks pages: what is not listed would come back unseen.
    """
    if later is None:
        return ()
    try:
        told = _values(later.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StartRefusedError(f"--later: {later} cannot be read as entries of a ledger: {error}.") from None
    pages = [each for each in told if isinstance(each, dict) and "entities" in each]
    entries = [entry for each in pages for entry in each["entities"]] + [each for each in told if each not in pages]
    total = max((int(each.get("total", 0)) for each in pages), default=0)
    if len(entries) < total:
        raise StartRefusedError(
            f"--later: {later} has {len(entries)} of {total} entries. Put each page on a line of it."
        )
    destroyed = [each for each in entries if isinstance(each, dict) and each.get("kind") == DESTROYED]
    return [str(each["subjectId"]) for each in destroyed]


def _values(text: str) -> list[Any]:
    try:
        whole: Any = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return whole if isinstance(whole, list) else [whole]
