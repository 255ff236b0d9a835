"""The custody certificate: what it says, in sections that HTML and PDF show alike. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shiftline.discovery import canonical, places
from shiftline.discovery.anchors.timestamps import Timestamp
from shiftline.discovery.canonical import instant
from shiftline.discovery.model import Channel, Export, Totals
from shiftline.discovery.package.instructing import COMMANDS
from shiftline.discovery.package.summing import Summary
from shiftline.ledger.rules.checkpoints import read_unverified

_CHANNELS = {
    Channel.CALL: "Calls",
    Channel.MESSAGE: "Conversations by messages",
    Channel.EMAIL: "Conversations by e-mail",
}
_MOST_ROWS = 500
"""Of one list: a certificate is read by people; the whole is in the package's own files."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs, and a table (its first row names the columns) or commands below."""

    title: str
    paragraphs: Sequence[str] = ()
    table: Sequence[Sequence[str]] = ()
    commands: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What the certificate is made of. ``manifest_sha256`` is of ``manifest-sha256.txt``; ``timestamp`` that over it."""

    export: Export
    summary: Summary
    totals: Totals
    manifest_sha256: str
    attestation_key: str
    timestamp: Timestamp | None = None


def sections(custody: Custody) -> Iterator[Section]:
    """The certificate, from its first to its last section."""
    yield _what(custody)
    yield _counts(custody)
    yield _exclusions(custody.export)
    yield _integrity(custody)
    yield _storing(custody.totals)
    yield _accesses(custody.summary)
    yield _holds(custody.summary)
    yield Section(
        "How to verify it", ("Run these in the package's folder; README.txt explains each.",), commands=COMMANDS
    )
    yield _declaration(custody)


def title(custody: Custody) -> str:
    """The certificate's title."""
    return f"Certificate of custody: {custody.export.matter_name}"


def _what(custody: Custody) -> Section:
    export = custody.export
    return Section(
        "The export",
        table=(
            ("What", "Value"),
            ("Organization", f"{export.organization_name} ({export.organization_id})"),
            ("Matter", f"{export.matter_name} ({export.matter_id})"),
            ("Export", export.id),
            ("Reason", export.reason),
            ("Operator", f"{export.operator.name} ({export.operator.id})"),
            ("Frozen at", instant(export.frozen_at)),
            ("Query", canonical.compact(export.query)),
            ("Made by", export.software),
        ),
    )


def _counts(custody: Custody) -> Section:
    counts, summary = custody.export.counts, custody.summary
    rows = [(_CHANNELS[channel], str(number)) for channel, number in sorted(summary.conversations.items())]
    agents = [
        (f"{each.agent.name} ({each.agent.id})", f"{each.conversations} conversations, {each.documents} documents")
        for each in counts.agents
    ]
    return Section(
        "What is in it",
        (
            f"Counted at the freeze: {counts.documents} documents. Found when the package was made: {summary.documents}.",
        ),
        (
            ("What", "How many"),
            *rows,
            ("Recordings", str(counts.recordings)),
            ("Documents of messages", str(counts.messages)),
            ("E-mails", str(counts.emails)),
            ("Bytes of sound", str(counts.media_bytes)),
            ("Recordings with revised metadata", str(summary.revised)),
            *_limited(agents),
        ),
    )


def _exclusions(export: Export) -> Section:
    if not export.exclusions:
        return Section("What was left out", ("Nothing that the query selects was left out.",))
    rows = [(each.kind, each.id, each.conversation_id, each.reason) for each in export.exclusions]
    told = f"{len(rows)} that the query selects were left out, each for the reason beside it."
    return Section("What was left out", (told,), (("Kind", "Id", "Conversation", "Reason"), *_limited(rows)))


def _integrity(custody: Custody) -> Section:
    export, stamp = custody.export, custody.timestamp
    rows = [
        ("SHA-256 of manifest-sha256.txt", custody.manifest_sha256),
        ("Files of the payload", str(custody.totals.files)),
        ("Bytes of the payload", str(custody.totals.size)),
        ("Key of the attestation (SHA-256)", custody.attestation_key),
    ]
    if stamp is not None:
        rows += [
            ("Token over it made at", instant(stamp.at)),
            ("By the authority", stamp.issuer),
            ("Token number", str(stamp.serial)),
        ]
    if export.ledger is not None:
        checkpoint = read_unverified(export.ledger.checkpoint)
        rows += [
            ("Ledger", checkpoint.origin),
            ("Ledger's root", f"{checkpoint.root.hex()} of {checkpoint.size} entries"),
        ]
    told = (
        "A second token and the attestation are over tagmanifest-sha256.txt, which holds the hash of this certificate."
    )
    missing = "No timestamp authority was in use: nothing but the attestation says when it was made."
    return Section("What binds it", (told if stamp is not None else missing,), (("What", "Value"), *rows))


def _storing(totals: Totals) -> Section:
    rows = (
        ("What", "How many"),
        ("Attempts to store a file", str(totals.attempts)),
        ("Repeated attempts", str(totals.attempts - totals.files)),
        ("Files that were there already, with the same bytes", str(totals.conflicts)),
        ("Refusals by the destination", str(totals.refusals)),
    )
    return Section("How it was stored", (f"Each file is in {places.LOG_CSV}, with its attempts and refusals.",), rows)


def _accesses(summary: Summary) -> Section:
    people = sorted({*summary.heard, *summary.refused})
    if not people:
        return Section("Who had access", ("Nobody heard any of the recordings before the freeze.",))
    rows = [(each, str(summary.heard[each]), str(summary.refused[each])) for each in people]
    first, last = summary.first_access, summary.last_access
    span = f"From {instant(first)} to {instant(last)}." if first is not None and last is not None else ""
    told = f"{span} Each access, with its time, bytes and outcome, is in the recording's own file."
    return Section("Who had access", (told.strip(),), (("Who", "Allowed", "Refused"), *_limited(rows)))


def _holds(summary: Summary) -> Section:
    rows = _sorted(summary.held)
    told = f"{summary.not_held} documents are under no legal hold."
    return Section("Legal holds", (told,), (("Matter", "Documents"), *_limited(rows)) if rows else ())


def _declaration(custody: Custody) -> Section:
    export = custody.export
    known = {
        "organization": export.organization_name,
        "manifest": custody.manifest_sha256,
        "export": export.id,
        "operator": export.operator.name,
        "frozen": instant(export.frozen_at),
        "blank": "________________________",
    }
    title = "Declaration under Federal Rules of Evidence 902(13) and 902(14): a template"
    return Section(title, [each.format(**known) for each in _DECLARED.strip().split("\n\n")])


_DECLARED = """
To be completed by a qualified person who can truthfully say it; it is no legal advice.

I, {blank}, declare under 28 U.S.C. 1746:

1. I am {blank} of {organization}. By my training and experience I am qualified to make this certification, and I make it \
from personal knowledge or from records kept in the course of a regularly conducted activity.

2. (Rule 902(13)) The records in this package were generated by an electronic process that produces an accurate result: \
each recording's start, participants and hash were fixed by the system as the call took place, each change of its metadata \
is a revision chained to the former, and each such event was entered in an append-only ledger.

3. (Rule 902(14)) The files in this package are copies of electronically stored information. They were compared with their \
originals by a process of digital identification: the SHA-256 in manifest-sha256.txt of each recording's file equals that \
which was fixed when the recording was sealed. The SHA-256 of manifest-sha256.txt is {manifest}.

4. The export {export} was requested by {operator} and frozen at {frozen}.

5. The opposing party is given reasonable notice of the intent to offer these records, and they and this certification are \
made available for inspection.

I declare under penalty of perjury that the foregoing is true and correct.

Executed on {blank} at {blank}. Signature: {blank}
"""


def _sorted(counted: Counter[str]) -> list[tuple[str, str]]:
    return [(name, str(number)) for name, number in sorted(counted.items())]


def _limited(rows: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    listed = list(rows)
    if len(listed) <= _MOST_ROWS:
        return listed
    width = len(listed[0])
    rest = f"and {len(listed) - _MOST_ROWS} more, in {places.EXPORT} and {places.LOG_CSV}"
    return [*listed[:_MOST_ROWS], (rest, *("",) * (width - 1))]
