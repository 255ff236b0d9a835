"""An RSMF file: the ZIP in it, its manifest, and the attachments in it, read in pieces."""

import base64
import binascii
import hashlib
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from shiftline.discovery import schemas
from shiftline.discovery.verification.model import Check, Finding
from shiftline.discovery.verification.package import SMALL, Package, fails
from shiftline.discovery.verification.written import find_difference

_IN_MEMORY = 8 * 1024 * 1024
_PIECE = 1024 * 1024
_MANIFEST = "rsmf_manifest.json"
_ZIP = 'filename="rsmf.zip"'


def check_messages(package: Package, path: str) -> Iterator[Finding]:
    """Whether an RSMF file can be read, and holds the attachments that lie beside it."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        try:
            _extract(package, path, file)
            with zipfile.ZipFile(file) as archive:
                yield from _check(package, path, archive)
        except (
            ValueError,
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            yield fails(Check.MEDIA, f"{path} is no RSMF file that can be read: {error}.", file=path)


def _extract(package: Package, path: str, into: IO[bytes]) -> None:
    """The content of the part that is rsmf.zip. Raises ValueError."""
    boundary, inside, headers = None, False, True
    for line in package.lines(path):
        text = line.rstrip("\r")
        if boundary is None and text.startswith("Content-Type: multipart/"):
            boundary = text.partition('boundary="')[2].rstrip('"')
        elif boundary and text.startswith(f"--{boundary}"):
            inside, headers = False, True
        elif headers:
            inside = inside or _ZIP in text
            headers = text != ""
        elif inside:
            try:
                into.write(base64.b64decode(text, validate=True))
            except binascii.Error as error:
                raise ValueError("a line of its ZIP is no base64") from error
    into.seek(0)


def _check(package: Package, path: str, archive: zipfile.ZipFile) -> Iterator[Finding]:
    if archive.getinfo(_MANIFEST).file_size > SMALL:
        raise ValueError("its manifest is too large")
    manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    problem = schemas.find_problem("rsmf-manifest", manifest)
    if problem is not None:
        yield fails(
            Check.SCHEMAS, f"{path}: {_MANIFEST} is not as schemas/rsmf-manifest.json wants it, {problem}.", file=path
        )
        return
    difference = find_difference(package, path, manifest["events"])
    if difference is not None:
        yield fails(Check.MEDIA, f"{path}: {difference}.", file=path)
    folder = path.rpartition("/")[0]
    for event in manifest["events"]:
        for attachment in event["attachments"]:
            other = f"{folder}/attachments/{attachment['id']}"
            found = _digest(archive, attachment["id"])
            if package.payload.get(other) != found:
                told = f"{path} holds {attachment['id']} with the SHA-256 {found}, and {other} is another file."
                yield fails(Check.MEDIA, told, file=path, expected=package.payload.get(other), found=found)


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with archive.open(name) as entry:
        while chunk := entry.read(_PIECE):
            found.update(chunk)
    return found.hexdigest()
