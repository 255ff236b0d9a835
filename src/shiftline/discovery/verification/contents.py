"""What is in the payload's files, each read once, as its hash is taken: descriptions against their schemas and against the
manifest, sound page by page.
"""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from shiftline.discovery import bag, places, schemas
from shiftline.discovery.verification import revisions
from shiftline.discovery.verification.bags import changed, swapped
from shiftline.discovery.verification.model import Check, Finding
from shiftline.discovery.verification.package import SMALL, Document, Package, fails, holds
from shiftline.discovery.verification.sounds import SoundCheck
from shiftline.discovery.verification.written import check_transcripts
from shiftline.discovery.verification.zipped import check_messages
from shiftline.recordings.model import IMPORTED

Value: TypeAlias = dict[str, Any]


def check_payload(package: Package) -> Iterator[Finding]:
    """Each file of the payload."""
    wrong: list[Finding] = []
    for described in (True, False):  # conversations before what they describe
        for path in package.payload:
            if _is_conversation(path) is described and path in package.files:
                inspector = _Inspector(package, path)
                expected = package.payload[path]
                if package.digest(path, inspector.take) != expected:
                    wrong.append(changed(package, path, expected, bag.MANIFEST))
                else:
                    yield from inspector.findings()
    yield from _check_sounds(package)
    yield from check_transcripts(package)
    yield from swapped(wrong)


def _check_sounds(package: Package) -> Iterator[Finding]:
    """Sounds that were made here are whole. What came from elsewhere is kept as it came, whoever cut it short."""
    for path, problem in package.broken.items():
        if path not in package.foreign:
            yield fails(Check.MEDIA, f"{path} is no whole Ogg/Opus stream: {problem}.", file=path)


def _is_conversation(path: str) -> bool:
    return path.endswith("/conversation.json") and path.startswith(places.CONVERSATIONS)


class _Inspector:
    """Looks into a file as it passes by."""

    def __init__(self, package: Package, path: str) -> None:
        self._package, self._path = package, path
        self._schema = schema_of(path)
        self._sound = SoundCheck() if path.endswith(".ogg") and path.startswith(places.CONVERSATIONS) else None
        self._content = bytearray()

    def take(self, chunk: bytes) -> None:
        """The next piece."""
        if self._sound is not None:
            self._sound.take(chunk)
        elif self._schema is not None and len(self._content) <= SMALL:
            self._content += chunk

    def findings(self) -> Iterator[Finding]:
        """What is wrong with what passed by."""
        if self._sound is not None and (problem := self._sound.end()) is not None:
            self._package.broken[self._path] = problem
        if self._path.endswith(".rsmf"):
            yield from check_messages(self._package, self._path)
        if self._schema is not None:
            yield from self._described(self._schema)

    def _described(self, schema: str) -> Iterator[Finding]:
        try:
            value = json.loads(bytes(self._content))
        except (ValueError, RecursionError):
            yield fails(Check.SCHEMAS, f"{self._path} is no JSON.", file=self._path)
            return
        problem = schemas.find_problem(schema, value)
        if problem is not None:
            told = f"{self._path} is not as schemas/{schema}.json wants it, {problem}."
            yield fails(Check.SCHEMAS, told, file=self._path)
            return
        if schema in _CHECKS:
            try:
                yield from _CHECKS[schema](self._package, self._path, value)
            except ValueError as error:  # an instant that its pattern lets through, and no calendar has
                yield fails(Check.SCHEMAS, f"{self._path} cannot be understood: {error}.", file=self._path)


def schema_of(path: str) -> str | None:
    """The schema of a file of the payload; None for what has none of its own."""
    if path == places.EXPORT:
        return "export"
    if path.startswith(places.VENDOR):
        return "vendor-metadata" if path.endswith("_metadata.json") else None
    if not path.startswith(places.CONVERSATIONS) or "/attachments/" in path:
        return None
    name = path.rpartition("/")[2]
    known = {"conversation.json": "conversation", "vcon.json": "vcon"}
    return known.get(name, "recording" if name.endswith(".recording.json") else None)


def _conversation(package: Package, path: str, value: Value) -> Iterator[Finding]:
    package.conversations += 1
    folder = path.removesuffix("conversation.json")
    for each in value["documents"]:
        document = Document(
            sys.intern(each["kind"]),
            sys.intern(folder + each["file"]),
            each["id"],
            each.get("sha256"),
            each.get("size"),
        )
        if each["number"] in package.documents:
            yield fails(Check.COUNTS, f"{path}: the number {each['number']} is another document's, too.", file=path)
        package.documents[each["number"]] = document
        package.media_bytes += each["size"] if document.kind == "recording" else 0
        yield from _agrees(package, path, document.path, document.sha256, document.size)
        for attachment in each["attachments"]:
            yield from _agrees(package, path, folder + attachment["file"], attachment["sha256"], attachment["size"])
    for each in value.get("transcripts", ()):
        document = Document("transcript", sys.intern(folder + each["file"]), each["id"], each["sha256"], each["size"])
        package.transcripts[each["id"]] = document
        yield from _agrees(package, path, document.path, document.sha256, document.size)


def _recording(package: Package, path: str, value: Value) -> Iterator[Finding]:
    metadata = value["metadata"]
    document = package.transcripts.get(metadata["recording_id"]) or package.documents.get(value["number"])
    if document is None or document.id != metadata["recording_id"]:
        yield fails(Check.MEDIA, f"{path}: no conversation knows it as document {value['number']}.", file=path)
        return
    document.described = True
    if metadata["reason"] == IMPORTED:
        package.foreign.add(document.path)
    yield from _agrees(package, path, document.path, metadata["sha256"], metadata["size"])
    problem = revisions.find_problem(value)
    if problem is not None:
        yield fails(Check.MEDIA, f"{path}: {problem}.", file=path)


def _vendor(package: Package, path: str, value: Value) -> Iterator[Finding]:
    yield from _agrees(package, path, value["filePath"], value["sha256"], value["sizeBytes"])
    problem = revisions.find_time_problem(value["offsets"], value["startTime"], value["endTime"])
    if problem is not None:
        yield fails(Check.MEDIA, f"{path}: {problem}.", file=path)


def _vcon(package: Package, path: str, value: Value) -> Iterator[Finding]:
    folder = path.removesuffix("vcon.json")
    for each in (*value["dialog"], *value["attachments"]):
        if "url" in each:
            hashes = {kind: content for kind, _, content in (token.partition("-") for token in each["content_hash"])}
            yield from _agrees(package, path, folder + each["url"], _hexadecimal(hashes.get("sha256")), None)


_CHECKS: dict[str, Callable[[Package, str, Value], Iterator[Finding]]] = {
    "conversation": _conversation,
    "recording": _recording,
    "vendor-metadata": _vendor,
    "vcon": _vcon,
}


def _agrees(package: Package, path: str, other: str, sha256: str | None, size: int | None) -> Iterator[Finding]:
    """Whether what a description says of another file is what the manifest says of it."""
    expected = package.payload.get(other)
    if expected is None:
        yield fails(
            Check.MEDIA, f"{path} describes {other}, which the package does not have.", file=path, expected=other
        )
    elif sha256 is not None and sha256 != expected:
        told = f"{path} says that {other} has the SHA-256 {sha256}, and the manifest says {expected}."
        yield fails(Check.MEDIA, told, file=path, expected=sha256, found=expected)
    elif size is not None and package.files.get(other, size) != size:
        told = f"{path} says that {other} has {size} bytes, and it has {package.files[other]}."
        yield fails(Check.MEDIA, told, file=path, expected=str(size), found=str(package.files[other]))


def _hexadecimal(base64url: str | None) -> str | None:
    return None if base64url is None else base64.urlsafe_b64decode(base64url + "=" * (-len(base64url) % 4)).hex()


def told_schemas(package: Package) -> Finding:
    """What is said once all of it holds."""
    return holds(
        Check.SCHEMAS, f"The descriptions of {package.conversations} conversations are as their schemas want them."
    )
