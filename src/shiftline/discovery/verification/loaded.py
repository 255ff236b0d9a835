"""Whether the load files and the export log say of each document and file what the package has."""

import csv
import json
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from shiftline.discovery import bag, places, schemas
from shiftline.discovery.verification.model import Check, Finding
from shiftline.discovery.verification.package import Package, fails

_BETWEEN, _AROUND = "\u0014", "\u00fe"
_LOGS = "data/log/"


def check_dat(package: Package) -> Iterator[Finding]:
    """Concordance's data file: a line for each document, with its file and hash."""
    lines = package.lines(places.DAT)
    columns = _fields(next(lines, "").removeprefix("\ufeff"))
    seen = 0
    for line in lines:
        seen += 1
        row = dict(zip(columns, _fields(line), strict=False))
        yield from _same(package, places.DAT, row.get("BEGDOC", ""), row.get("NATIVELINK"), row.get("SHA256") or None)
    yield from _complete(package, places.DAT, seen)


def _fields(line: str) -> list[str]:
    return line.rstrip("\r").strip(_AROUND).split(f"{_AROUND}{_BETWEEN}{_AROUND}")


def check_opt(package: Package) -> Iterator[Finding]:
    """Opticon's image file: a line for each document, and the sheet is there."""
    seen = 0
    for line in package.lines(places.OPT):
        seen += 1
        number, _, path, *_ = [*line.rstrip("\r").split(","), "", "", ""]
        if number not in package.documents or path not in package.payload:
            told = f"{places.OPT}, line {seen}: there is no document {number}, or no {path}."
            yield fails(Check.LOAD_FILES, told, file=places.OPT, found=number)
    yield from _complete(package, places.OPT, seen)


def check_edrm(package: Package) -> Iterator[Finding]:
    """EDRM XML: an element for each document, with its file and hash."""
    reading = _Edrm()
    for chunk in package.reader.read(places.EDRM):
        try:
            reading.feed(chunk)
        except (expat.ExpatError, ValueError) as error:
            yield fails(Check.LOAD_FILES, f"{places.EDRM} is no XML that can be read: {error}.", file=places.EDRM)
            return
        for number, path, sha256 in reading.take():
            yield from _same(package, places.EDRM, number, path, sha256)
    if not reading.whole:
        yield fails(Check.LOAD_FILES, f"{places.EDRM} is cut short.", file=places.EDRM)
    yield from _complete(package, places.EDRM, reading.seen)


class _Edrm:
    """Reads documents as they come; a document type, which could make a reader fetch or grow, is refused."""

    def __init__(self) -> None:
        self.seen = 0
        self._found: list[tuple[str, str, str | None]] = []
        self._number = ""
        self.whole = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def take(self) -> list[tuple[str, str, str | None]]:
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Document":
            self.seen += 1
            self._number = attributes.get("DocID", "")
        elif name == "ExternalFile":
            path = f"{attributes.get('FilePath', '')}/{attributes.get('FileName', '')}"
            self._found.append((self._number, path, attributes.get("Hash")))

    def _end(self, name: str) -> None:
        self.whole = name == "Root"

    def _refuse(self, *_: object) -> None:
        raise ValueError("it has a document type")


def _same(package: Package, file: str, number: str, path: str | None, sha256: str | None) -> Iterator[Finding]:
    document = package.documents.get(number)
    if document is None:
        yield fails(Check.LOAD_FILES, f"{file}: there is no document {number}.", file=file, found=number)
    elif path != document.path:
        told = f"{file}: document {number} is {path} there, and {document.path} in its conversation."
        yield fails(Check.LOAD_FILES, told, file=file, expected=document.path, found=path)
    elif sha256 != document.sha256:
        told = f"{file}: document {number} has the SHA-256 {sha256} there, and {document.sha256} in its conversation."
        yield fails(Check.LOAD_FILES, told, file=file, expected=document.sha256, found=sha256)


def _complete(package: Package, file: str, seen: int) -> Iterator[Finding]:
    expected = len(package.documents)
    if seen != expected:
        told = f"{file} lists {seen} documents, and the package has {expected}."
        yield fails(Check.LOAD_FILES, told, file=file, expected=str(expected), found=str(seen))


def check_log(package: Package, export: dict[str, Any]) -> Iterator[Finding]:
    """The export log: the whole one names each file and each exclusion once; each agent's is a part of it."""
    expected = sum(not path.startswith(_LOGS) for path in package.payload)
    for path in sorted(package.payload):
        if path.startswith(_LOGS):
            stored = excluded = 0
            for number, entry in _entries(package, path):
                yield from _check_entry(package, path, number, entry)
                stored, excluded = (
                    stored + (entry.get("outcome") == "stored"),
                    excluded + (entry.get("outcome") == "excluded"),
                )
            whole = path in {places.LOG_CSV, places.LOG_JSON}
            if whole and (stored, excluded) != (expected, len(export["exclusions"])):
                told = f"{path} lists {stored} files and {excluded} exclusions; it must list {expected} and {len(export['exclusions'])}."
                yield fails(Check.LOG, told, file=path)


def _entries(package: Package, path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    lines = package.lines(path)
    if path.endswith(".csv"):
        yield from enumerate(csv.DictReader(f"{line}\n" for line in lines), 1)
        return
    for number, line in enumerate(lines, 1):
        value = json.loads(line)
        problem = schemas.find_problem("log-entry", value)
        if problem is not None:
            raise bag.BagError(f"line {number} is not as schemas/log-entry.json wants it, {problem}")
        yield number, value


def _check_entry(package: Package, path: str, number: int, entry: dict[str, Any]) -> Iterator[Finding]:
    if entry.get("outcome") != "stored":
        return
    other, sha256, size = entry["path"], entry["sha256"], str(entry["size"])
    if package.payload.get(other) != sha256 or str(package.files.get(other)) != size:
        told = f"{path}, line {number}: {other} was stored with the SHA-256 {sha256}, and the manifest says {package.payload.get(other)}."
        yield fails(Check.LOG, told, file=path, expected=sha256, found=package.payload.get(other))
