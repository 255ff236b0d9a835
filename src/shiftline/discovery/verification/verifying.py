"""Verify a package: every check in its order, from whether it is one to who vouches for it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from shiftline.discovery import bag, places
from shiftline.discovery.verification import anchored, bags, contents, counting, entered, loaded
from shiftline.discovery.verification.model import Check, Finding, PackageUnreadable, Report, Trust, Verdict
from shiftline.discovery.verification.package import Package, fails, holds
from shiftline.discovery.verification.readers import Reader, open_package

_MOST = 1000
"""Findings that are told: of a wholly wrong package nobody reads a million."""


def verify_package(source: str | Path | Reader, trust: Trust | None = None, *, first_only: bool = False) -> Report:
    """What is known of a package: a folder, a ZIP, ``s3://bucket/prefix``, or a reader. Raises PackageUnreadable when there is
    none. Memory grows by some hundred bytes a file, not with their sizes. ``first_only`` ends with what is wrong first.
    """
    reader = open_package(source) if isinstance(source, str | Path) else source
    package = Package(reader, reader.files())
    if not package.files:
        raise PackageUnreadable(f"There is nothing at {reader.name}.")
    findings: list[Finding] = []
    try:
        for finding in _check(package, trust or Trust(), first_only=first_only):
            findings.append(finding)
            if finding.verdict is Verdict.FAILS and (first_only or len(findings) >= _MOST):
                break
    except PackageUnreadable as error:
        findings.append(fails(Check.FILES, str(error)))
    size = sum(package.files.values())
    root = package.digests.get(bag.TAG_MANIFEST)
    return Report(package=reader.name, findings=tuple(findings), files=len(package.files), size=size, root=root)


def _check(package: Package, trust: Trust, *, first_only: bool) -> Iterator[Finding]:
    """Findings, one after another. What stands on something wrong is not looked at."""
    problems = list(bags.check_package(package))
    yield from problems
    if any(each.found is None for each in problems):  # one of the bag's own files is missing
        return
    fine = not problems
    for finding in _check_files(package, sum_first=first_only):
        fine = False
        yield finding
    if fine:
        yield bags.told_files(package)
        yield contents.told_schemas(package)
    signed = list(anchored.check_attestation(package, trust))
    yield from signed
    yield from anchored.check_timestamps(package, trust)
    if fine:
        yield from _check_agreement(package, trust, signed=all(each.verdict is Verdict.HOLDS for each in signed))


def _check_files(package: Package, *, sum_first: bool) -> Iterator[Finding]:
    """What is wrong with the files; that their sum is wrong is told alone, unless it is to be told first."""
    if sum_first:
        yield from bags.check_sum(package)
    found = False
    for check in (bags.read_manifests, bags.check_files, bags.check_tags, contents.check_payload):
        for finding in check(package):
            found = True
            yield finding
    if not found:
        yield from bags.check_sum(package)


def _check_agreement(package: Package, trust: Trust, *, signed: bool) -> Iterator[Finding]:
    """Whether what the parts of a package say of each other agrees; each of them is what the manifests say."""
    if places.EXPORT not in package.payload:
        yield fails(Check.COUNTS, f"{places.EXPORT} is missing: nothing says what must be there.", file=places.EXPORT)
        return
    export = counting.read_export(package)
    fine = True
    for finding in counting.check_counts(package, export):
        fine = False
        yield finding
    if fine:
        yield counting.told_counts(package)
    if signed:
        yield from anchored.check_identity(package, export, trust)
    yield from _lists(package, export)
    yield from entered.check_ledger(package, export, trust)
    stamped = places.TAG_MANIFEST_TOKEN in package.files
    yield from anchored.check_trust(package, trust, stamped=stamped, logged="ledger" in export)


def _lists(package: Package, export: dict[str, Any]) -> Iterator[Finding]:
    checks: tuple[tuple[Check, str, Callable[[Package], Iterator[Finding]]], ...] = (
        (Check.LOAD_FILES, places.DAT, loaded.check_dat),
        (Check.LOAD_FILES, places.OPT, loaded.check_opt),
        (Check.LOAD_FILES, places.EDRM, loaded.check_edrm),
        (Check.LOG, places.LOG_JSON, lambda package: loaded.check_log(package, export)),
    )
    fine = True
    for check, path, look in checks:
        try:
            for finding in look(package):
                fine = False
                yield finding
        except (bag.BagError, json.JSONDecodeError, KeyError) as error:
            fine = False
            yield fails(check, f"{path}: {error}.", file=path)
    if fine:
        yield holds(
            Check.LOAD_FILES, "The load files and the export log name each document and file as the manifest does."
        )
