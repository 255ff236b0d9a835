"""Whether there is as much as was counted at the freeze, and the package's own lists agree with each other."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from shiftline.discovery import bag, places
from shiftline.discovery.verification.model import Check, Finding
from shiftline.discovery.verification.package import Package, fails, holds


def read_export(package: Package) -> dict[str, Any]:
    """What was asked for; its schema was checked before."""
    return json.loads(package.read_small(places.EXPORT))


def check_counts(package: Package, export: dict[str, Any]) -> Iterator[Finding]:
    """Counts by kind, the numbers of the documents, and what was left out."""
    counts = export["counts"]
    kinds = Counter(each.kind for each in package.documents.values())
    found = {
        "conversations": package.conversations,
        "documents": len(package.documents),
        "recordings": kinds["recording"],
        "messages": kinds["messages"],
        "emails": kinds["email"],
        "mediaBytes": package.media_bytes,
    }
    for name, number in found.items():
        if counts[name] != number:
            told = f"{places.EXPORT} expects {counts[name]} {name}, and the package has {number}."
            yield fails(Check.COUNTS, told, file=places.EXPORT, expected=str(counts[name]), found=str(number))
    yield from _check_numbers(package, export)
    yield from _check_bag_info(package, export)
    yield from _check_descriptions(package)


def _check_numbers(package: Package, export: dict[str, Any]) -> Iterator[Finding]:
    numbers = sorted(package.documents)
    last = export["numbers"].get("last", "")
    prefix = last[:-8]
    for index, number in enumerate(numbers, 1):
        expected = f"{prefix}{index:08d}"
        if number != expected:
            told = f"The documents' numbers are not without a gap: {expected} is missing, {number} follows."
            yield fails(Check.COUNTS, told, file=places.EXPORT, expected=expected, found=number)
            return
    excluded = {each["id"] for each in export["exclusions"]}
    for each in package.documents.values():
        if each.id in excluded:
            told = f"{each.path} is in the package, and {places.EXPORT} lists it as left out."
            yield fails(Check.COUNTS, told, file=each.path)


def _check_bag_info(package: Package, export: dict[str, Any]) -> Iterator[Finding]:
    told = bag.parse_tags(package.read_small(bag.BAG_INFO))
    expected = {
        "External-Identifier": export["id"],
        "Internal-Sender-Identifier": export["matter"]["id"],
        "Frozen-At": export["frozenAt"],
        "Expected-Conversations": str(export["counts"]["conversations"]),
        "Expected-Documents": str(export["counts"]["documents"]),
        "Manifest-SHA256": package.digest(bag.MANIFEST),
    }
    for name, value in expected.items():
        if told.get(name) != value:
            sentence = f"{bag.BAG_INFO}: {name} is {told.get(name)}, and must be {value}."
            yield fails(Check.COUNTS, sentence, file=bag.BAG_INFO, expected=value, found=told.get(name))


def _check_descriptions(package: Package) -> Iterator[Finding]:
    recordings = [each for each in package.documents.values() if each.kind == "recording"]
    for each in (*recordings, *package.transcripts.values()):
        if not each.described:
            told = f"{each.path} has no .recording.json that describes it."
            yield fails(Check.COUNTS, told, file=each.path)
    vendor = sum(path.startswith(places.VENDOR) and path.endswith("_metadata.json") for path in package.payload)
    if vendor != len(recordings):
        told = f"{places.VENDOR} describes {vendor} recordings, and the package has {len(recordings)}."
        yield fails(Check.COUNTS, told, file=places.VENDOR, expected=str(len(recordings)), found=str(vendor))


def told_counts(package: Package) -> Finding:
    """What is said once all of it holds."""
    told = f"{package.conversations} conversations with {len(package.documents)} documents, as counted at the freeze."
    return holds(Check.COUNTS, told)
