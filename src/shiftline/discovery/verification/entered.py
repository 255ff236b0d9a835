"""Whether each recording was entered in the organization's ledger as it is in the package. Source: RFC 9162, C2SP."""

import json
from collections.abc import Iterator
from typing import Any

from shiftline.discovery import bag, places, schemas
from shiftline.discovery.verification.model import Check, Finding, Trust
from shiftline.discovery.verification.package import Document, Package, fails, holds, unproven
from shiftline.ledger.errors import NoteError
from shiftline.ledger.model import Checkpoint, Entry
from shiftline.ledger.rules import checkpoints, entries, tree

_SEALED, _FROZEN = "recording.sealed", "export.frozen"


def check_ledger(package: Package, export: dict[str, Any], trust: Trust) -> Iterator[Finding]:
    """The checkpoint's signature, each proof under it, and that no recording is without."""
    if "ledger" not in export:
        yield unproven(
            Check.LEDGER, "The package has no ledger's proofs: nothing shows that the selection was complete."
        )
        return
    try:
        keys = [checkpoints.parse_verifier(each) for each in trust.log_keys or package.lines(places.LOG_KEYS)]
        note = package.read_small(places.CHECKPOINT).decode()
        checkpoint = checkpoints.open_checkpoint(note, export["ledger"]["origin"], keys)
    except (NoteError, ValueError) as error:
        yield fails(Check.LEDGER, f"{places.CHECKPOINT}: {error}", file=places.CHECKPOINT)
        return
    sealed = {each.id: each for each in package.documents.values() if each.kind == "recording"} | package.transcripts
    count, failed = 0, False
    try:
        for number, line in enumerate(package.lines(places.PROOFS), 1):
            count = number
            for finding in _check_line(export, checkpoint, number, line, sealed):
                failed = True
                yield finding
    except bag.BagError as error:
        failed = True
        yield fails(Check.LEDGER, f"{places.PROOFS}, after line {count}: {error}.", file=places.PROOFS)
    for each in sealed.values():
        failed = True
        told = f"{each.path} has no proof that it was entered in the ledger when it was sealed."
        yield fails(Check.LEDGER, told, file=each.path)
    if not failed:
        told = f"{count} entries are in the ledger {checkpoint.origin}, each recording's sealing among them."
        yield holds(Check.LEDGER, told)


def _check_line(
    export: dict[str, Any], checkpoint: Checkpoint, number: int, line: str, sealed: dict[str, Document]
) -> Iterator[Finding]:
    where = f"{places.PROOFS}, line {number}"
    try:
        value = json.loads(line)
        problem = schemas.find_problem("proof", value)
        if problem is not None:
            raise NoteError(f"it is not as schemas/proof.json wants it, {problem}")  # noqa: TRY301 - told with its line
        entry = entries.parse(value["entry"].encode())
        told = _judge(export, checkpoint, value, entry)
        if told is None and entry.kind == _SEALED:
            told = _judge_sealing(entry, json.loads(value["facts"]), sealed.pop(entry.subject_id, None))
    except (NoteError, ValueError) as error:
        told = str(error)
    if told is not None:
        yield fails(Check.LEDGER, f"{where}: {told}", file=places.PROOFS)


def _judge(export: dict[str, Any], checkpoint: Checkpoint, value: dict[str, Any], entry: Entry) -> str | None:
    """What is wrong with a proof, or None."""
    if entries.digest_facts(value["facts"].encode()) != entry.digest:
        return f"the facts of the entry {entry.id} are not those that were entered."
    leaf = tree.leaf_hash(value["entry"].encode())
    hashes = [bytes.fromhex(each) for each in value["hashes"]]
    if not tree.check_inclusion(leaf, value["index"], checkpoint.size, hashes, checkpoint.root):
        return f"the entry {entry.id} is not in the ledger at place {value['index']} of {checkpoint.size}."
    if entry.organization_id != export["organization"]["id"]:
        return f"the entry {entry.id} is of the organization {entry.organization_id}, which is not this export's."
    if entry.kind == _FROZEN and entry.subject_id != export["id"]:
        return f"the entry {entry.id} is of the export {entry.subject_id}, which is another one."
    return None


def _judge_sealing(entry: Entry, facts: dict[str, Any], document: Document | None) -> str | None:
    if document is None:
        return f"the recording {entry.subject_id} is not in the package, or was entered twice."
    if facts.get("sha256") != document.sha256:
        return f"{document.path} was sealed with the SHA-256 {facts.get('sha256')}, and in the package it has {document.sha256}."
    return None
