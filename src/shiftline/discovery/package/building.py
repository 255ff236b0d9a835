"""A package from its facts, phase by phase; each phase is made only of the facts and of what earlier phases stored.

1. ``payload_files``: conversations, then what is written over all of them.
2. ``log_files``: the export log over what phase 1 stored.
3. ``manifest_file`` over phases 1 and 2. A token over it is asked for: the certificate tells it.
4. ``tag_files``: everything beside ``data/``.
5. ``tag_manifest_file`` over phases 3 and 4. A second token is asked for.
6. ``anchor_files``: that token, and the attestation over the tag manifest and the token.

``build`` runs all of them. Who must survive a crash in between runs them itself and stores what it got: the tokens, too.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shiftline.discovery import bag, canonical, places, schemas
from shiftline.discovery.anchors import attestations, timestamps
from shiftline.discovery.canonical import instant
from shiftline.discovery.model import Export, Facts, Stored, Totals
from shiftline.discovery.package import certifying, instructing, loading, logs, proving, records, sheets, showing
from shiftline.discovery.package.conversations import files_of
from shiftline.discovery.package.files import JSON, LINES, PEM, TEXT, PackageFile, of_bytes
from shiftline.discovery.package.summing import Summary, summarize

Stamp = Callable[[bytes], Awaitable[bytes]]
"""Asks an authority: a SHA-256 in, the whole response of RFC 3161 out, checked by who asks."""


class Holding(Protocol):
    """What is stored of a package."""

    def payload(self) -> AsyncIterator[Stored]:
        """What is stored below ``data/``, in the order of the paths' bytes."""
        ...

    def of_agent(self, agent_id: str) -> AsyncIterator[Stored]:
        """The same of one agent."""
        ...


class Sink(Holding, Protocol):
    """Where a package goes."""

    async def put(self, file: PackageFile) -> Stored:
        """Store a file, once and whole, and read it back. What is there already with the same bytes is stored."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """By what a package is bound: the organization's key, and an authority with the certificates it is trusted by."""

    key: Ed25519PrivateKey
    stamp: Stamp | None = None
    roots: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known once the payload is stored: its totals, its manifest's hash, and the token over it."""

    totals: Totals
    manifest_sha256: str
    manifest_token: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A package that is whole. ``root`` is the SHA-256 of its tag manifest, by which it is known."""

    root: str
    totals: Totals
    timestamp: timestamps.Timestamp | None


async def payload_files(facts: Facts) -> AsyncIterator[PackageFile]:
    """Phase 1."""
    async for conversation in facts.conversations():
        for file in files_of(facts, conversation):
            yield file
    for file in over_all(facts):
        yield file


def over_all(facts: Facts) -> Iterator[PackageFile]:
    """The part of phase 1 that is written over all conversations."""
    export = facts.export
    described = of_bytes(canonical.whole(records.describe_export(export)))
    yield PackageFile(path=places.EXPORT, media_type=JSON, stream=described, schema=records.EXPORT)
    yield PackageFile(path=places.DAT, media_type="text/plain; charset=utf-8", stream=lambda: loading.write_dat(facts))
    yield PackageFile(path=places.OPT, media_type="text/plain; charset=utf-8", stream=lambda: loading.write_opt(facts))
    yield PackageFile(path=places.EDRM, media_type="application/xml", stream=lambda: loading.write_edrm(facts))
    yield PackageFile(path=places.SLIP_SHEET, media_type="image/tiff", stream=of_bytes(sheets.slip_sheet()))
    if export.ledger is not None:
        note = of_bytes(export.ledger.checkpoint.encode())
        yield PackageFile(path=places.CHECKPOINT, media_type=TEXT, stream=note)
        yield PackageFile(path=places.PROOFS, media_type=LINES, stream=lambda: proving.write(facts))


def log_files(facts: Facts, held: Holding) -> Iterator[PackageFile]:
    """Phase 2."""
    for path, agent in logs.paths(facts.export):
        yield _log(facts.export, held, path, agent)


def _log(export: Export, held: Holding, path: str, agent: str | None) -> PackageFile:
    def stream() -> AsyncIterator[bytes]:
        entries = logs.entries_of(export, held.payload() if agent is None else held.of_agent(agent), agent)
        return logs.write_csv(entries) if path.endswith(".csv") else logs.write_json(entries)

    media_type = "text/csv; charset=utf-8" if path.endswith(".csv") else LINES
    return PackageFile(path=path, media_type=media_type, stream=stream)


def manifest_file(held: Holding) -> PackageFile:
    """Phase 3."""

    async def stream() -> AsyncIterator[bytes]:
        async for each in held.payload():
            yield bag.manifest_line(each.path, each.sha256).encode()

    return PackageFile(path=bag.MANIFEST, media_type=TEXT, stream=stream)


async def total(stored: AsyncIterator[Stored]) -> Totals:
    """What files come to."""
    files = size = attempts = conflicts = refusals = 0
    async for each in stored:
        files, size = files + 1, size + each.size
        attempts, conflicts = attempts + each.attempts, conflicts + each.conflicts
        refusals += len(each.refusals)
    return Totals(files=files, size=size, attempts=attempts, conflicts=conflicts, refusals=refusals)


def tag_files(export: Export, summary: Summary, signing: Signing, evidence: Evidence) -> Iterator[PackageFile]:
    """Phase 4."""
    public = signing.key.public_key()
    token = evidence.manifest_token
    key = attestations.fingerprint(public)
    custody = certifying.Custody(
        export=export,
        summary=summary,
        totals=evidence.totals,
        manifest_sha256=evidence.manifest_sha256,
        attestation_key=key,
        timestamp=None if token is None else timestamps.read(token),
    )
    title, sections = certifying.title(custody), list(certifying.sections(custody))
    yield _tag(bag.BAGIT, bag.DECLARATION)
    yield _tag(bag.BAG_INFO, bag.tags(_bag_info(export, evidence)))
    yield _tag(places.README, instructing.readme(export, stamped=token is not None, attestation_key=key))
    yield _tag(places.VERIFY, instructing.script(stamped=token is not None), "text/x-shellscript")
    yield _tag(places.CERTIFICATE_HTML, showing.as_html(title, sections), "text/html")
    yield _tag(places.CERTIFICATE_PDF, showing.as_pdf(title, sections), "application/pdf")
    yield _tag(places.ATTESTATION_KEY, attestations.public_pem(public), PEM)
    if export.ledger is not None:
        yield _tag(places.LOG_KEYS, "".join(f"{each}\n" for each in export.ledger.keys).encode())
    if token is not None:
        yield _tag(places.AUTHORITY, timestamps.roots_pem(signing.roots), PEM)
        yield _tag(places.MANIFEST_TOKEN, token, timestamps.RESPONSE_TYPE)
    for name in schemas.NAMES:
        yield _tag(f"{places.SCHEMAS}{name}.json", schemas.content(name), JSON)


def tag_manifest_file(tags: Iterable[Stored]) -> PackageFile:
    """Phase 5; ``tags`` are the manifest and all of phase 4."""
    lines = (bag.manifest_line(each.path, each.sha256) for each in sorted(tags, key=lambda each: each.path.encode()))
    return _tag(bag.TAG_MANIFEST, "".join(lines).encode())


def anchor_files(export: Export, signing: Signing, root: str, token: bytes | None) -> Iterator[PackageFile]:
    """Phase 6; ``root`` is the tag manifest's SHA-256, ``token`` that over it."""
    subjects = {bag.TAG_MANIFEST: root}
    if token is not None:
        subjects[places.TAG_MANIFEST_TOKEN] = hashlib.sha256(token).hexdigest()
        yield _tag(places.TAG_MANIFEST_TOKEN, token, timestamps.RESPONSE_TYPE)
    predicate = {
        "export": export.id,
        "organization": {"id": export.organization_id, "name": export.organization_name},
        "matter": {"id": export.matter_id, "name": export.matter_name},
        "operator": {"id": export.operator.id, "name": export.operator.name},
        "frozenAt": instant(export.frozen_at),
        "stampedAt": None if token is None else instant(timestamps.read(token).at),
        "documents": export.counts.documents,
    }
    attested = attestations.attest(attestations.Statement(subjects, predicate), signing.key)
    yield _tag(places.ATTESTATION, attested.envelope, "application/vnd.dsse.envelope.v1+json")
    yield _tag(places.ATTESTATION_SIGNED, attested.signed, "application/octet-stream")
    yield _tag(places.ATTESTATION_SIGNATURE, attested.signature, "application/octet-stream")


async def build(facts: Facts, sink: Sink, signing: Signing) -> Sealed:
    """Run all phases into a sink."""
    async for file in payload_files(facts):
        await sink.put(file)
    for file in log_files(facts, sink):
        await sink.put(file)
    manifest = await sink.put(manifest_file(sink))
    evidence = Evidence(
        totals=await total(sink.payload()),
        manifest_sha256=manifest.sha256,
        manifest_token=await _stamped(signing, manifest.sha256),
    )
    tags = [manifest]
    for file in tag_files(facts.export, await summarize(facts), signing, evidence):
        tags.append(await sink.put(file))  # noqa: PERF401 - one after another
    root = (await sink.put(tag_manifest_file(tags))).sha256
    token = await _stamped(signing, root)
    for file in anchor_files(facts.export, signing, root, token):
        await sink.put(file)
    stamp = None if token is None else timestamps.read(token)
    return Sealed(root=root, totals=evidence.totals, timestamp=stamp)


async def _stamped(signing: Signing, sha256: str) -> bytes | None:
    return None if signing.stamp is None else await signing.stamp(bytes.fromhex(sha256))


def _bag_info(export: Export, evidence: Evidence) -> list[tuple[str, str]]:
    totals, counts = evidence.totals, export.counts
    return [
        ("Source-Organization", export.organization_name),
        ("External-Identifier", export.id),
        ("External-Description", f"Legal export for the matter {export.matter_name}"),
        ("Internal-Sender-Identifier", export.matter_id),
        ("Contact-Name", export.operator.name),
        ("Bagging-Date", export.frozen_at.date().isoformat()),
        ("Payload-Oxum", f"{totals.size}.{totals.files}"),
        ("Bag-Software-Agent", export.software),
        ("Frozen-At", instant(export.frozen_at)),
        ("Expected-Conversations", str(counts.conversations)),
        ("Expected-Documents", str(counts.documents)),
        ("Manifest-SHA256", evidence.manifest_sha256),
        ("Timestamped", "no" if evidence.manifest_token is None else "yes"),
    ]


def _tag(path: str, content: bytes, media_type: str = TEXT) -> PackageFile:
    return PackageFile(path=path, media_type=media_type, stream=of_bytes(content), size=len(content))
