"""The bag: its manifests, which files there are, and each file's hash. Source: RFC 8493."""

import sys
from collections import ChainMap
from collections.abc import Iterator, Mapping

from shiftline.discovery import bag, places
from shiftline.discovery.verification.model import Check, Finding
from shiftline.discovery.verification.package import Digests, Package, fails, holds

_REQUIRED = (bag.BAGIT, bag.BAG_INFO, bag.MANIFEST, bag.TAG_MANIFEST)
_CERTIFIED = (places.README, places.VERIFY, places.CERTIFICATE_HTML, places.CERTIFICATE_PDF, places.ATTESTATION_KEY)


def check_package(package: Package) -> Iterator[Finding]:
    """Whether it is a package at all."""
    missing = [path for path in _REQUIRED if path not in package.files]
    for path in missing:
        yield fails(Check.PACKAGE, f"{path} is missing.", file=path)
    if bag.BAGIT not in missing and (found := package.read_small(bag.BAGIT)) != bag.DECLARATION:
        yield fails(
            Check.PACKAGE,
            f"{bag.BAGIT} does not declare BagIt 1.0 in UTF-8.",
            file=bag.BAGIT,
            expected=bag.DECLARATION.decode(),
            found=found[:200].decode(errors="replace"),
        )


def read_manifests(package: Package) -> Iterator[Finding]:
    """Take what both manifests say into the package."""
    for name, into in ((bag.TAG_MANIFEST, package.tags), (bag.MANIFEST, package.payload)):
        try:
            _read_manifest(package, name, into)
        except bag.BagError as error:
            after = f"after {len(into)} lines" if into else "in its first line"
            yield fails(Check.MANIFESTS, f"{name}, {after}: {error}.", file=name)
    yield from _check_places(package)


def _read_manifest(package: Package, name: str, into: Digests) -> None:
    for line in package.lines(name):
        path, sha256 = bag.parse_line(line)
        if path in into:
            raise bag.BagError(f"{path} stands there twice")
        into[sys.intern(path)] = sha256


def _check_places(package: Package) -> Iterator[Finding]:
    for path in package.payload:
        if not path.startswith(bag.PAYLOAD):
            yield fails(Check.MANIFESTS, f"{bag.MANIFEST} names {path}, which is not below {bag.PAYLOAD}.", file=path)
    for path in package.tags:
        if path.startswith(bag.PAYLOAD) or path == bag.TAG_MANIFEST or path in places.ANCHORS:
            yield fails(Check.MANIFESTS, f"{bag.TAG_MANIFEST} names {path}, which cannot be in it.", file=path)
    for path in (bag.BAGIT, bag.BAG_INFO, bag.MANIFEST, *_CERTIFIED):
        if path not in package.tags:
            yield fails(Check.MANIFESTS, f"{bag.TAG_MANIFEST} does not name {path}.", file=path)


def check_files(package: Package) -> Iterator[Finding]:
    """Whether the files are those that the manifests name: none missing, added or renamed, and as many bytes."""
    known = ChainMap(package.tags, package.payload)
    missing = [path for manifest in known.maps for path in manifest if path not in package.files]
    outside = {bag.TAG_MANIFEST, *places.ANCHORS}
    added = {path for path in package.files if path not in known and path not in outside}
    yield from _renamed(package, known, missing, added)
    for path in missing:
        yield fails(Check.FILES, f"{path} is missing, and its manifest names it.", file=path, expected=known[path])
    for path in sorted(added):
        yield fails(Check.FILES, f"{path} was added: no manifest names it.", file=path, found=package.digest(path))


def _renamed(package: Package, known: Mapping[str, str], missing: list[str], added: set[str]) -> Iterator[Finding]:
    """Tell what is missing under one name and there under another, and take it off both lists."""
    names = {package.digest(path): path for path in sorted(added)} if missing and added else {}
    for path in list(missing):
        other = names.get(known[path])
        if other in added:
            added.discard(other)
            missing.remove(path)
            yield fails(Check.FILES, f"{path} was renamed to {other}.", file=path, expected=path, found=other)


def check_sum(package: Package) -> Iterator[Finding]:
    """Whether the payload has as many files and bytes as it is said to have: what shows a cut without reading anything."""
    try:
        told = bag.parse_tags(package.read_small(bag.BAG_INFO)).get("Payload-Oxum", "")
    except bag.BagError as error:
        yield fails(Check.FILES, f"{bag.BAG_INFO}: {error}.", file=bag.BAG_INFO)
        return
    total = count = 0
    for path, size in package.files.items():
        if path.startswith(bag.PAYLOAD):
            total, count = total + size, count + 1
    found = f"{total}.{count}"
    if told != found:
        yield fails(
            Check.FILES,
            f"{bag.BAG_INFO} tells of {told} bytes.files below {bag.PAYLOAD}, and there are {found}.",
            file=bag.BAG_INFO,
            expected=told,
            found=found,
        )


def check_tags(package: Package) -> Iterator[Finding]:
    """Whether each tag file is the one that the tag manifest names."""
    for path, expected in package.tags.items():
        if path in package.files and package.digest(path) != expected:
            yield changed(package, path, expected, bag.TAG_MANIFEST)


def changed(package: Package, path: str, expected: str, manifest: str) -> Finding:
    """What is told of a file that is another one than its manifest says."""
    found = package.digest(path)
    told = f"{path} was changed or cut: {manifest} has the SHA-256 {expected}, the file has {found}."
    return fails(Check.HASHES, told, file=path, expected=expected, found=found)


def swapped(wrong: list[Finding]) -> Iterator[Finding]:
    """The same findings; of two files that hold each other's content, it is said so."""
    there = {each.found: each.file for each in wrong}
    for each in wrong:
        other = there.get(each.expected)
        if other is None or other == each.file:
            yield each
        else:
            told = f"{each.file} holds the content of {other}, with which it was swapped."
            yield fails(Check.HASHES, told, file=each.file, expected=each.expected, found=each.found)


def told_files(package: Package) -> Finding:
    """What is said once all of it holds."""
    count = len(package.payload) + len(package.tags)
    return holds(Check.HASHES, f"All {count} files that the manifests name have the SHA-256 that they name.")
