"""A small export with a call over the night on which Chicago's clocks change, a chat and an e-mail; and where it goes."""

import asyncio
import hashlib
import io
import subprocess
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.unit.recordings.sounds import tone

from shiftline.conversations.model.conversations import Direction
from shiftline.discovery import bag
from shiftline.discovery.anchors import timestamps
from shiftline.discovery.model import (
    AgentCount,
    Channel,
    Content,
    Conversation,
    Counts,
    Email,
    Exclusion,
    Export,
    Hold,
    LedgerFacts,
    Message,
    Messages,
    Participant,
    Person,
    Proof,
    RecordedLeg,
    Stored,
)
from shiftline.discovery.package.building import Sealed, Signing, build
from shiftline.discovery.package.files import PackageFile
from shiftline.discovery.package.folders import describe
from shiftline.foundation.time import Interval, find_zone
from shiftline.ledger.model import Checkpoint, Entry
from shiftline.ledger.rules import checkpoints, entries, tree
from shiftline.messaging.model import Message as Written
from shiftline.messaging.model import Transcript
from shiftline.messaging.rules.chain import chain
from shiftline.messaging.rules.documents import document_of
from shiftline.recordings.model import Access, Change, EndedBy, Metadata, ParticipantSnapshot, Revision, Use
from shiftline.recordings.rules import digest_revision, list_offsets
from shiftline.routing.model.queues import Medium

ORGANIZATION = "0e5d1c8a-3f0b-4b7a-9c55-2a6de8f0c001"
EXPORT = "5b1d6a52-90f0-4c1c-8a40-7a5d9b1f0001"
ANA, BEN = "a1b2c3d4-e5f6-7890-abcd-ef1234567890", "b2c3d4e5-f6a7-4890-abcd-ef1234567891"
QUEUE = "c3d4e5f6-a7b8-4890-abcd-ef1234567892"
MATTER = Hold("matter-7", "Doe v. Example: Łódź", datetime(2023, 11, 20, 9, tzinfo=UTC))
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
ORIGIN = checkpoints.name_log("localhost", ORGANIZATION)
FROZEN_AT = datetime(2023, 11, 30, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass
class Sample:
    """Facts that lie in memory."""

    export: Export
    listed: tuple[Conversation, ...]
    contents: Mapping[str, bytes]
    piece: int = 700

    async def conversations(self) -> AsyncIterator[Conversation]:
        for each in self.listed:
            yield each

    async def content(self, content: Content) -> AsyncIterator[bytes]:
        whole = self.contents[content.id]
        for place in range(0, len(whole), self.piece):
            await asyncio.sleep(0)
            yield whole[place : place + self.piece]


@dataclass
class Memory:
    """A package that lies in memory: a sink, and a reader of it."""

    kept: dict[str, bytes] = field(default_factory=dict[str, bytes])
    stored: dict[str, Stored] = field(default_factory=dict[str, Stored])
    name: str = "memory"

    async def put(self, file: PackageFile) -> Stored:
        content = b"".join([chunk async for chunk in file.stream()])
        self.kept[file.path] = content
        self.stored[file.path] = describe(file, hashlib.sha256(content).hexdigest(), len(content))
        return self.stored[file.path]

    async def payload(self) -> AsyncIterator[Stored]:
        for path in sorted(self.stored, key=str.encode):
            if path.startswith(bag.PAYLOAD):
                yield self.stored[path]

    async def of_agent(self, agent_id: str) -> AsyncIterator[Stored]:
        async for each in self.payload():
            if agent_id in each.agent_ids:
                yield each

    def files(self) -> dict[str, int]:
        return {path: len(content) for path, content in self.kept.items()}

    def read(self, path: str) -> Iterator[bytes]:
        file = io.BytesIO(self.kept[path])
        while chunk := file.read(4096):
            yield chunk

    def copy(self) -> "Memory":
        return Memory(dict(self.kept), dict(self.stored))

    def write(self, folder: Path) -> Path:
        for path, content in self.kept.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder


def content_of(content_id: str, content: bytes, media_type: str, file_name: str | None = None) -> Content:
    return Content(
        id=content_id,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        sha512=hashlib.sha512(content).hexdigest(),
        file_name=file_name,
    )


def metadata_of(recording_id: str, conversation_id: str, sound: bytes, started_at: datetime, zone: str) -> Metadata:
    ended_at = started_at + timedelta(hours=2)
    offsets = list_offsets(Interval(started_at, ended_at), find_zone(zone))
    return Metadata(
        recording_id=recording_id,
        conversation_id=conversation_id,
        participant_id="p-agent",
        leg_id=f"leg-{recording_id}",
        person_id=ANA,
        queue_id=QUEUE,
        direction="inbound",
        division_ids=("division-1",),
        reason="policy",
        started_at=started_at,
        zone=zone,
        utc_offset_seconds=offsets[0].utc_offset_seconds,
        tzdata_version="2026.6",
        offsets=offsets,
        participants=(
            ParticipantSnapshot("p-customer", "customer", name="Zoë", address="tel:+13125550100"),
            ParticipantSnapshot("p-agent", "agent", ANA, QUEUE, "Ana Agent"),
        ),
        ended_at=ended_at,
        ended_by=EndedBy.CALL,
        duration_ms=7_200_000,
        packets=50,
        lost=0,
        codec="opus",
        container="ogg",
        sha256=hashlib.sha256(sound).hexdigest(),
        size=len(sound),
        archive_at=None,
        delete_at=None,
    )


def revisions_of(metadata: Metadata) -> tuple[Revision, ...]:
    """Two: at the sealing, and a later one that corrected the queue."""
    first = replace(metadata, queue_id=None)
    sealed = digest_revision(b"", 1, first, "sealed")
    corrected = digest_revision(sealed, 2, metadata, "the queue was missing")
    change = (Change("queue_id", None, QUEUE),)
    at = metadata.ended_at
    return (
        Revision(metadata.recording_id, 1, first, (), "sealed", "system", at, sealed),
        Revision(
            metadata.recording_id, 2, metadata, change, "the queue was missing", BEN, at + timedelta(days=1), corrected
        ),
    )


def access(number: int, *, allowed: bool = True) -> Access:
    at = datetime(2023, 11, 10, 8, number, tzinfo=UTC)
    code = "ok" if allowed else "permission.missing"
    return Access(f"access-{number}", "", at, BEN, "person", None, "10.0.0.7", Use.MEDIA, False, 0, 99, allowed, code)


def entry_of(kind: str, subject: str, facts: Mapping[str, object], at: datetime) -> tuple[bytes, bytes]:
    """An entry's bytes and its facts', as a ledger has them."""
    told = entries.encode_facts(facts)
    entry = Entry(
        id=f"entry-{kind}-{subject}",
        organization_id=ORGANIZATION,
        kind=kind,
        subject_id=subject,
        conversation_id=None,
        at=at,
        actor_id="system",
        actor_kind="system",
        digest=entries.digest_facts(told),
    )
    return entries.encode(entry), told


def participants(*, mail: bool = False) -> tuple[Participant, ...]:
    joined = datetime(2023, 11, 5, 6, 0, tzinfo=UTC)
    return (
        Participant(
            id="p-customer",
            purpose="customer",
            name="Zoë",
            address="zoe@example.org" if mail else "tel:+13125550100",
            joined_at=joined,
        ),
        Participant(id="p-agent", purpose="agent", person_id=ANA, queue_id=QUEUE, name="Ana Agent", joined_at=joined),
    )


def sample(*, calls: int = 2, digital: bool = True, seconds: float = 0.3) -> Sample:
    """An export of some calls, with a chat and an e-mail."""
    contents: dict[str, bytes] = {}
    conversations: list[Conversation] = []
    kept: list[tuple[bytes, bytes]] = []
    zones = ("America/Chicago", "Australia/Lord_Howe")
    starts = (datetime(2023, 11, 5, 6, 59, 59, tzinfo=UTC), datetime(2023, 9, 30, 15, 0, tzinfo=UTC))
    for number in range(1, calls + 1):
        conversation_id, recording_id = f"call-{number}", f"recording-{number}"
        sound = tone(seconds + number / 50)
        contents[recording_id] = sound
        metadata = metadata_of(recording_id, conversation_id, sound, starts[number % 2 - 1], zones[number % 2 - 1])
        kept.append(
            entry_of(
                "recording.sealed", recording_id, {"sha256": metadata.sha256, "size": metadata.size}, metadata.ended_at
            )
        )
        leg = RecordedLeg(
            number=number,
            metadata=metadata,
            revisions=revisions_of(metadata),
            accesses=(access(1), access(2, allowed=False)),
            holds=(MATTER,) if number == 1 else (),
            sha512=hashlib.sha512(sound).hexdigest(),
        )
        conversations.append(
            Conversation(
                id=conversation_id,
                channel=Channel.CALL,
                started_at=metadata.started_at,
                ended_at=metadata.ended_at,
                direction="inbound",
                participants=participants(),
                division_ids=("division-1",),
                recordings=(leg,),
            )
        )
    if digital:
        for each in _digital(calls, contents):
            leg = _transcript(each, calls + 1 + (each.channel is Channel.EMAIL), contents)
            metadata = leg.metadata
            told = {"sha256": metadata.sha256, "size": metadata.size}
            kept.append(entry_of("recording.sealed", metadata.recording_id, told, metadata.ended_at))
            conversations.append(replace(each, transcripts=(leg,)))
    return _freeze(conversations, contents, kept)


def _digital(calls: int, contents: dict[str, bytes]) -> list[Conversation]:
    invoice = content_of("file-1", b"%PDF invoice " * 20, "application/pdf", "Rechnung für Zoë.pdf")
    original = b"From: zoe@example.org\r\nTo: help@example.com\r\nSubject: refund\r\n\r\nPlease.\r\n"
    received = content_of("mail-1", original, "message/rfc822")
    contents |= {"file-1": b"%PDF invoice " * 20, "mail-1": original}
    at = datetime(2023, 11, 6, 10, tzinfo=UTC)
    chat = Messages(
        number=calls + 1,
        platform="webmessaging",
        messages=(
            Message(id="m-1", participant_id="p-customer", sent_at=at, text="Hello þ\nthere", incoming=True),
            Message(
                id="m-2",
                participant_id="p-agent",
                sent_at=at + timedelta(seconds=30),
                text="Your invoice.",
                incoming=False,
                reply_to="m-1",
                attachments=(invoice,),
            ),
        ),
        holds=(MATTER,),
    )
    answer = Email(
        number=calls + 3,
        id="mail-2",
        sent_at=at + timedelta(hours=2),
        sender="Łukasz <help@example.com>",
        to=("zoe@example.org",),
        incoming=False,
        subject="Re: refund für Zoë",
        text="Granted.\n",
        html="<p>Granted.</p>",
        in_reply_to="mail-1@example.org",
        attachments=(invoice,),
    )
    mail = Email(
        number=calls + 2,
        id="mail-1",
        sent_at=at,
        sender="zoe@example.org",
        to=("help@example.com",),
        incoming=True,
        subject="refund",
        original=received,
    )
    shared = {"started_at": at, "direction": "inbound", "division_ids": ("division-1",)}
    return [
        Conversation(id="chat-1", channel=Channel.MESSAGE, participants=participants(), messages=chat, **shared),  # type: ignore[arg-type]
        Conversation(
            id="thread-1",
            channel=Channel.EMAIL,
            subject="refund",
            participants=participants(mail=True),
            emails=(mail, answer),
            **shared,  # type: ignore[arg-type]
        ),
    ]


def _transcript(conversation: Conversation, number: int, contents: dict[str, bytes]) -> RecordedLeg:
    """What was sealed of a written conversation."""
    chat = () if conversation.messages is None else conversation.messages.messages
    told = [
        *((each.id, each.sent_at, each.text, None) for each in chat),
        *((each.id, each.sent_at, each.text, each.original and each.original.sha256) for each in conversation.emails),
    ]
    written: list[Written] = []
    for message_id, at, text, raw_sha256 in told:
        message = Written(
            organization_id=ORGANIZATION,
            conversation_id=conversation.id,
            position=len(written) + 1,
            id=message_id,
            medium=Medium(conversation.channel.value),
            direction=Direction.INBOUND,
            participant_id="p-customer",
            communication_id="c-customer",
            purpose="customer",
            author="Zoë",
            sent_at=at,
            real_at=at,
            zone="Etc/UTC",
            utc_offset_seconds=0,
            tzdata_version="2026.6",
            text=text,
            raw_sha256=raw_sha256,
        )
        written.append(chain(message, written[-1].digest if written else bytes(32)))
    transcript = Transcript(conversation.id, written[0].medium, tuple(written), written[-1].digest)
    recording_id, document = f"transcript-{conversation.id}", document_of(transcript)
    contents[recording_id] = document
    spoken = metadata_of(recording_id, conversation.id, document, conversation.started_at, "America/Chicago")
    metadata = replace(spoken, codec="transcript", container="json")
    return RecordedLeg(number=number, metadata=metadata, revisions=revisions_of(metadata))


def _freeze(conversations: list[Conversation], contents: dict[str, bytes], kept: list[tuple[bytes, bytes]]) -> Sample:
    legs = [leg for each in conversations for leg in each.recordings]
    counts = Counts(
        conversations=len(conversations),
        recordings=len(legs),
        messages=sum(each.messages is not None for each in conversations),
        emails=sum(len(each.emails) for each in conversations),
        media_bytes=sum(leg.metadata.size for leg in legs),
        agents=(AgentCount(agent=Person(ANA, "Ana Agent"), conversations=len(conversations), documents=len(legs)),),
    )
    kept = [*kept, entry_of("export.frozen", EXPORT, {"documents": counts.documents}, FROZEN_AT)]
    leaves = [tree.leaf_hash(body) for body, _ in kept]
    proofs = [
        Proof(index=index, body=body, facts=facts, hashes=tree.prove_inclusion(leaves, index))
        for index, (body, facts) in enumerate(kept)
    ]
    note = checkpoints.sign(Checkpoint(ORIGIN, len(leaves), tree.root_of(leaves)), [LOG_KEY])
    verifier = checkpoints.format_verifier(checkpoints.verifier_of(ORIGIN, checkpoints.public_of(LOG_KEY)))
    proven = iter(proofs)
    listed = [
        replace(
            each,
            recordings=tuple(replace(leg, proofs=(next(proven),)) for leg in each.recordings),
            transcripts=tuple(replace(leg, proofs=(next(proven),)) for leg in each.transcripts),
        )
        for each in conversations
    ]
    export = Export(
        id=EXPORT,
        organization_id=ORGANIZATION,
        organization_name="Example & Söhne",
        matter_id=MATTER.matter_id,
        matter_name=MATTER.matter_name,
        reason="request for production no. 3",
        operator=Person(BEN, "Ben Counsel"),
        query={"agents": [ANA], "interval": "2023-09-01T00:00:00Z/2023-12-01T00:00:00Z"},
        frozen_at=FROZEN_AT,
        counts=counts,
        software="Shiftline 0.1.0",
        exclusions=(
            Exclusion(
                kind="recording",
                id="recording-lost",
                conversation_id="call-9",
                reason="Nothing of it was found.",
                agent_ids=(ANA,),
            ),
        ),
        ledger=LedgerFacts(origin=ORIGIN, keys=(verifier,), checkpoint=note, frozen=proofs[-1]),
    )
    return Sample(export, tuple(listed), contents)


@dataclass(frozen=True)
class Authority:
    """A timestamp authority of openssl's, in a folder of its own."""

    folder: Path
    roots: tuple[x509.Certificate, ...]

    async def stamp(self, sha256: bytes) -> bytes:
        return self.answer(timestamps.request(sha256, 2**62 + 17))

    def answer(self, request: bytes) -> bytes:
        (self.folder / "request.tsq").write_bytes(request)
        command = "openssl ts -reply -config tsa.cnf -queryfile request.tsq -out reply.tsr"
        subprocess.run(command.split(), cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply.tsr").read_bytes()


_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def make_authority(folder: Path, name: str = "Test Time Authority") -> Authority:
    """A root certificate, and under it one that may only stamp."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(_CONFIG)
    (folder / "serial").write_text("01\n")
    (folder / "ext.cnf").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    commands = (
        f"openssl req -x509 {key} -keyout ca.key -out ca.pem -days 3650 -subj /CN=Root",
        f"openssl req -new {key} -keyout tsa.key -out tsa.csr -subj /CN=TSA",
        "openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile ext.cnf -out tsa.pem",
    )
    for command in commands:
        words = [name if word == "/CN=TSA" else word for word in command.split()]
        words = [f"/CN={name}" if word == name else word for word in words]
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return Authority(folder, tuple(timestamps.load_roots((folder / "ca.pem").read_bytes())))


def made(facts: Sample, authority: Authority | None = None, key: Ed25519PrivateKey = KEY) -> tuple[Memory, Sealed]:
    """A package in memory."""
    signing = Signing(
        key=key,
        stamp=None if authority is None else authority.stamp,
        roots=() if authority is None else authority.roots,
    )
    memory = Memory()
    return memory, asyncio.run(build(facts, memory, signing))


def rewrite(memory: Memory, changed: Iterable[str] = ()) -> None:
    """Write both manifests anew, as somebody would who wants to hide what they changed, without the keys."""
    del changed

    def manifest(paths: Iterable[str]) -> bytes:
        lines = (
            bag.manifest_line(path, hashlib.sha256(memory.kept[path]).hexdigest())
            for path in sorted(paths, key=str.encode)
        )
        return "".join(lines).encode()

    payload = [path for path in memory.kept if path.startswith(bag.PAYLOAD)]
    memory.kept[bag.MANIFEST] = manifest(payload)
    info = memory.kept[bag.BAG_INFO].decode().splitlines()
    oxum = f"{sum(len(memory.kept[path]) for path in payload)}.{len(payload)}"
    digest = hashlib.sha256(memory.kept[bag.MANIFEST]).hexdigest()
    known = {"Payload-Oxum": oxum, "Manifest-SHA256": digest}
    lines = [f"{name}: {known.get(name, value)}" for name, _, value in (line.partition(": ") for line in info)]
    memory.kept[bag.BAG_INFO] = "".join(f"{line}\n" for line in lines).encode()
    listed = [line.split("  ", 1)[1] for line in memory.kept[bag.TAG_MANIFEST].decode().splitlines()]
    memory.kept[bag.TAG_MANIFEST] = manifest(path for path in listed if path in memory.kept)
