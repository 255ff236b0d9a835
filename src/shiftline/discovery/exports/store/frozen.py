"""What an export took: selected from other rooms' public views, then kept as it was."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from shiftline.discovery.exports.model import Selection
from shiftline.discovery.model import Channel, Conversation, Export, Hold, LedgerFacts, Participant, Proof
from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.recordings.model import Access, Change, Metadata, Revision, Use

SQL = Queries.beside(str(Path(__file__).parent))

MEDIA: Mapping[Channel, tuple[str, ...]] = {
    Channel.CALL: ("call", "callback"),
    Channel.MESSAGE: ("message", "chat"),
    Channel.EMAIL: ("email",),
}
_CHANNELS = {medium: channel for channel, media in MEDIA.items() for medium in media}


@dataclass(frozen=True, slots=True)
class KnownRecording:
    """A recording of a conversation, whatever its state."""

    id: str
    conversation_id: str
    state: str
    container: str
    revision: int
    archive_at: datetime | None
    delete_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as it was frozen, at its place among them."""

    position: int
    conversation: Conversation
    proofs: Mapping[str, tuple[Proof, ...]]


async def take_snapshot(tx: Transaction) -> None:
    """From now on all that is read is of one instant. To be called before anything was read."""
    await tx.execute(SQL["take_snapshot"], {})


async def select_conversations(
    reader: Reader, organization_id: str, wanted: Selection, *, after: tuple[datetime, str] | None, limit: int
) -> list[tuple[datetime, str]]:
    """The next conversations that are meant, as (start, id), in order."""
    interval = wanted.interval
    media = None if wanted.channels is None else [each for channel in wanted.channels for each in MEDIA[channel]]
    parameters = {
        "organization_id": organization_id,
        "conversation_ids": _list(wanted.conversation_ids),
        "media": media,
        "agent_ids": _list(wanted.agent_ids),
        "queue_ids": _list(wanted.queue_ids),
        "held_by": wanted.held_by,
        "since": None if interval is None else interval.start,
        "until": None if interval is None else interval.end,
        "after_started_at": None if after is None else after[0],
        "after_id": None if after is None else after[1],
        "limit": limit,
    }
    rows = await reader.all(SQL["select_conversations"], parameters)
    return [(row["started_at"], row["id"]) for row in rows]


async def list_unknown(reader: Reader, organization_id: str, statement: str, ids: Collection[str]) -> list[str]:
    """Those of the ids that are none: ``known_agents``, ``known_queues``, ``known_conversations``."""
    rows = await reader.all(SQL[statement], {"organization_id": organization_id, "ids": list(ids)})
    known = {row["id"] for row in rows}
    return [each for each in ids if each not in known]


async def conversations_of(reader: Reader, organization_id: str, ids: Sequence[str]) -> list[Conversation]:
    """Conversations with their participants, without documents, in order of start and id."""
    parameters = {"organization_id": organization_id, "ids": list(ids)}
    people: defaultdict[str, list[Participant]] = defaultdict(list)
    for row in await reader.all(SQL["participants_of"], parameters):
        people[row["conversation_id"]].append(_participant(row))
    return [
        Conversation(
            id=row["id"],
            channel=_CHANNELS[row["medium"]],
            started_at=row["started_at"],
            direction=row["direction"],
            participants=tuple(people[row["id"]]),
            division_ids=tuple(row["division_ids"]),
            ended_at=row["ended_at"],
            subject=row["subject"],
        )
        for row in await reader.all(SQL["conversations_of"], parameters)
    ]


async def recordings_of(reader: Reader, organization_id: str, ids: Sequence[str]) -> dict[str, list[KnownRecording]]:
    """The recordings of conversations, by conversation, in order of start."""
    found: defaultdict[str, list[KnownRecording]] = defaultdict(list)
    for row in await reader.all(SQL["recordings_of"], {"organization_id": organization_id, "ids": list(ids)}):
        found[row["conversation_id"]].append(KnownRecording(**row))
    return found


async def revisions_of(reader: Reader, organization_id: str, ids: Sequence[str]) -> dict[str, list[Revision]]:
    """Every revision of recordings, oldest first."""
    found: defaultdict[str, list[Revision]] = defaultdict(list)
    for row in await reader.all(SQL["revisions_of"], {"organization_id": organization_id, "ids": list(ids)}):
        found[row["recording_id"]].append(
            Revision(
                recording_id=row["recording_id"],
                number=row["revision"],
                metadata=msgspec.json.decode(row["metadata"], type=Metadata),
                difference=msgspec.json.decode(row["difference"], type=tuple[Change, ...]),
                reason=row["reason"],
                by=row["by"],
                at=row["at"],
                digest=bytes(row["digest"]),
            )
        )
    return found


async def accesses_of(reader: Reader, organization_id: str, ids: Sequence[str]) -> dict[str, list[Access]]:
    """Who heard recordings or was refused, oldest first."""
    found: defaultdict[str, list[Access]] = defaultdict(list)
    for row in await reader.all(SQL["accesses_of"], {"organization_id": organization_id, "ids": list(ids)}):
        values: Row = {**row, "what": Use(row["what"])}
        found[row["recording_id"]].append(Access(**values))
    return found


async def holds_of(reader: Reader, organization_id: str, ids: Sequence[str]) -> dict[str, list[Hold]]:
    """The matters that keep recordings, by recording."""
    found: defaultdict[str, list[Hold]] = defaultdict(list)
    for row in await reader.all(SQL["holds_of"], {"organization_id": organization_id, "ids": list(ids)}):
        found[row["recording_id"]].append(Hold(row["matter_id"], row["matter_name"], row["since"]))
    return found


async def find_matter(reader: Reader, organization_id: str, matter_id: str) -> str | None:
    """A matter's name."""
    row = await reader.one(SQL["find_matter"], {"organization_id": organization_id, "id": matter_id})
    return None if row is None else row["name"]


async def names_of(reader: Reader, organization_id: str, ids: Collection[str]) -> dict[str, str]:
    """People's names."""
    rows = await reader.all(SQL["names_of"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"]: row["name"] for row in rows}


async def insert_conversations(
    tx: Transaction, export_id: str, kept: Sequence[tuple[int, Conversation, bytes]]
) -> None:
    """Keep conversations, as (position, conversation, encoded)."""
    legs = [leg for _, each, _ in kept for leg in each.recordings]
    mine = {"organization_id": tx.context.organization_id, "id": export_id}
    await tx.execute(
        SQL["insert_conversations"],
        {
            **mine,
            "positions": [position for position, _, _ in kept],
            "conversation_ids": [each.id for _, each, _ in kept],
            "facts": [facts for _, _, facts in kept],
        },
    )
    await tx.execute(
        SQL["insert_recordings"],
        {
            **mine,
            "recording_ids": [leg.metadata.recording_id for leg in legs],
            "numbers": [leg.number for leg in legs],
            "revisions": [leg.revisions[-1].number for leg in legs],
        },
    )


async def freeze_export(
    tx: Transaction, export: Export, run: int, *, frozen: bytes, entry_id: str, attestation_key: bytes
) -> bool:
    """The export is frozen; whether the run could say so."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": export.id,
        "run": run,
        "frozen": frozen,
        "frozen_at": export.frozen_at,
        "entry_id": entry_id,
        "attestation_key": attestation_key,
        "now": tx.context.now(),
    }
    return await tx.one(SQL["freeze_export"], parameters) is not None


async def find_frozen(
    reader: Reader, organization_id: str, export_id: str
) -> tuple[Export, LedgerFacts | None, str] | None:
    """What an export is, the ledger's part once it is known, and the id of the entry that says it was frozen."""
    row = await reader.one(SQL["find_frozen"], {"organization_id": organization_id, "id": export_id})
    if row is None or row["frozen"] is None:
        return None
    ledger = None if row["ledger"] is None else msgspec.json.decode(row["ledger"], type=LedgerFacts)
    return msgspec.json.decode(row["frozen"], type=Export), ledger, row["frozen_entry_id"]


async def attestation_keys(reader: Reader, organization_id: str) -> list[bytes]:
    """The public halves (PEM) of the keys that exports of an organization were frozen with, the latest first."""
    rows = await reader.all(SQL["attestation_keys"], {"organization_id": organization_id})
    return [bytes(row["attestation_key"]) for row in rows]


async def set_ledger(tx: Transaction, export_id: str, ledger: LedgerFacts) -> None:
    """Under which checkpoint the proofs are."""
    encoded = msgspec.json.encode(ledger)
    mine = {"organization_id": tx.context.organization_id, "id": export_id}
    await tx.execute(SQL["set_ledger"], {**mine, "ledger": encoded})


async def list_conversations(
    reader: Reader, organization_id: str, export_id: str, *, after: int, limit: int
) -> list[Kept]:
    """The next conversations, by position."""
    parameters = {"organization_id": organization_id, "id": export_id, "after": after, "limit": limit}
    return [_kept(row) for row in await reader.all(SQL["list_conversations"], parameters)]


async def find_conversations(
    reader: Reader, organization_id: str, export_id: str, positions: Collection[int]
) -> list[Kept]:
    """Some conversations, by position."""
    parameters = {"organization_id": organization_id, "id": export_id, "positions": sorted(positions)}
    return [_kept(row) for row in await reader.all(SQL["find_conversations"], parameters)]


async def list_unproven(
    reader: Reader, organization_id: str, export_id: str, limit: int
) -> list[tuple[int, Conversation]]:
    """Conversations whose proofs are not there yet."""
    parameters = {"organization_id": organization_id, "id": export_id, "limit": limit}
    rows = await reader.all(SQL["list_unproven"], parameters)
    return [(row["position"], _decode(row["facts"])) for row in rows]


async def set_proofs(tx: Transaction, export_id: str, proofs: Mapping[int, Mapping[str, Sequence[Proof]]]) -> None:
    """The proofs of conversations, by position: of each recording."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": export_id,
        "positions": list(proofs),
        "proofs": [msgspec.json.encode(each) for each in proofs.values()],
    }
    await tx.execute(SQL["set_proofs"], parameters)


def encode(value: Conversation | Export) -> bytes:
    """Facts as they are kept; the same for the same."""
    return msgspec.json.encode(value, order="deterministic")


def _kept(row: Row) -> Kept:
    proofs = {} if row["proofs"] is None else msgspec.json.decode(row["proofs"], type=dict[str, tuple[Proof, ...]])
    return Kept(row["position"], _decode(row["facts"]), proofs)


def _decode(facts: bytes) -> Conversation:
    return msgspec.json.decode(facts, type=Conversation)


def _participant(row: Row) -> Participant:
    names = ("id", "purpose", "person_id", "queue_id", "name", "address")
    values: Mapping[str, Any] = {name: row[name] for name in names}
    return Participant(**values, joined_at=row["started_at"], left_at=row["ended_at"])


def _list(values: Collection[str] | None) -> list[str] | None:
    return None if values is None else list(values)
