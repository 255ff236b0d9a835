"""What binds the package: timestamps over both manifests, the attestation, and by whose keys they were checked."""

from collections.abc import Iterator
from typing import Any

from shiftline.discovery import bag, places
from shiftline.discovery.anchors import attestations, timestamps
from shiftline.discovery.anchors.attestations import Attestation, AttestationError, Statement
from shiftline.discovery.anchors.timestamps import TimestampError
from shiftline.discovery.canonical import instant
from shiftline.discovery.verification.model import Check, Finding, Trust
from shiftline.discovery.verification.package import Package, fails, holds, unproven

_TOKENS = ((bag.MANIFEST, places.MANIFEST_TOKEN), (bag.TAG_MANIFEST, places.TAG_MANIFEST_TOKEN))


def check_attestation(package: Package, trust: Trust) -> Iterator[Finding]:
    """Whether the key has signed this very tag manifest, and the token over it."""
    parts = (places.ATTESTATION, places.ATTESTATION_SIGNED, places.ATTESTATION_SIGNATURE)
    for path in (*parts, *((places.ATTESTATION_KEY,) if trust.key is None else ())):
        if path not in package.files:
            yield fails(Check.ATTESTATION, f"{path} is missing: nothing shows who made the package.", file=path)
            return
    try:
        key = trust.key or attestations.load_public(package.read_small(places.ATTESTATION_KEY))
        statement = attestations.check(Attestation(*map(package.read_small, parts)), key)
    except AttestationError as error:
        yield fails(Check.ATTESTATION, f"{places.ATTESTATION}: {error}.", file=places.ATTESTATION)
        return
    problems = list(_check_subjects(package, statement))
    yield from problems
    if not problems:
        told = f"The key {attestations.fingerprint(key)} has signed this tag manifest."
        yield holds(Check.ATTESTATION, told)


def _check_subjects(package: Package, statement: Statement) -> Iterator[Finding]:
    stamped = places.TAG_MANIFEST_TOKEN in package.files
    wanted = {bag.TAG_MANIFEST, *((places.TAG_MANIFEST_TOKEN,) if stamped else ())}
    if set(statement.subjects) != wanted:
        told = f"{places.ATTESTATION} is over {', '.join(sorted(statement.subjects))}, and must be over {', '.join(sorted(wanted))}."
        yield fails(Check.ATTESTATION, told, file=places.ATTESTATION)
    for path in sorted(wanted & set(statement.subjects)):
        found, expected = package.digest(path), statement.subjects[path]
        if found != expected:
            told = (
                f"{path} is not what was signed: it has the SHA-256 {found}, {places.ATTESTATION} is over {expected}."
            )
            yield fails(Check.ATTESTATION, told, file=path, expected=expected, found=found)


def check_identity(package: Package, export: dict[str, Any], trust: Trust) -> Iterator[Finding]:
    """Whether export, attestation and who was expected are one."""
    attestation = attestations.read_statement(package.read_small(places.ATTESTATION))
    told = attestation.predicate
    for name, value in (
        ("export", export["id"]),
        ("organization", export["organization"]),
        ("matter", export["matter"]),
    ):
        if told.get(name) != value:
            sentence = f"{places.ATTESTATION} is of the {name} {told.get(name)}, and {places.EXPORT} of {value}."
            yield fails(
                Check.ATTESTATION, sentence, file=places.ATTESTATION, expected=str(value), found=str(told.get(name))
            )
    expected, found = trust.organization_id, export["organization"]["id"]
    if expected not in (None, found):
        sentence = f"The package is of the organization {found}, not of {expected}."
        yield fails(Check.TRUST, sentence, file=places.EXPORT, expected=expected, found=found)


def check_timestamps(package: Package, trust: Trust) -> Iterator[Finding]:
    """Whether an authority has signed both manifests' hashes."""
    told = _timestamped(package)
    present = [token for _, token in _TOKENS if token in package.files]
    if told == "no" and not present:
        yield unproven(Check.TIMESTAMP, "The package has no timestamp: only its attestation says when it was made.")
        return
    stamps: list[timestamps.Timestamp] = []
    for data, token in _TOKENS:
        if token not in package.files:
            yield fails(Check.TIMESTAMP, f"{token} is missing, and {bag.BAG_INFO} tells of it.", file=token)
            continue
        try:
            roots = trust.roots or timestamps.load_roots(package.read_small(places.AUTHORITY))
            stamp = timestamps.check(package.read_small(token), bytes.fromhex(package.digest(data)), roots)
        except TimestampError as error:
            yield fails(Check.TIMESTAMP, f"{data} is not what {token} was made over: {error}.", file=data)
        else:
            stamps.append(stamp)
    if len(stamps) == len(_TOKENS):
        yield holds(
            Check.TIMESTAMP, f"{stamps[-1].issuer} has stamped both manifests, the later at {instant(stamps[-1].at)}."
        )


def _timestamped(package: Package) -> str | None:
    """What bag-info.txt says of timestamps; nothing when it cannot be read, which was told before."""
    try:
        return bag.parse_tags(package.read_small(bag.BAG_INFO)).get("Timestamped")
    except bag.BagError:
        return None


def check_trust(package: Package, trust: Trust, *, stamped: bool, logged: bool) -> Iterator[Finding]:
    """By whose word it holds."""
    own = [
        *(("the signing key (--key)",) if trust.key is None else ()),
        *(("the timestamp authority (--authority)",) if stamped and not trust.roots else ()),
        *(("the ledger's key (--log-key)",) if logged and not trust.log_keys else ()),
    ]
    if not own:
        yield holds(Check.TRUST, "Keys and certificates are those that you named, not the package's own.")
        return
    key = trust.key or attestations.load_public(package.read_small(places.ATTESTATION_KEY))
    told = (
        f"The package's own word was taken for {', '.join(own)}: compare the signing key {attestations.fingerprint(key)}"
        " with what you know from elsewhere."
    )
    yield unproven(Check.TRUST, told)
