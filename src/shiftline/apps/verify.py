"""`shiftline verify`: a package's report, in words or as JSON."""

import json
from pathlib import Path

from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.discovery.anchors.attestations import AttestationError, load_public
from shiftline.discovery.anchors.timestamps import TimestampError, load_roots
from shiftline.discovery.verification.model import PackageUnreadable, Report, Trust, Verdict
from shiftline.discovery.verification.verifying import verify_package

_SIGNS = {Verdict.HOLDS: "ok  ", Verdict.FAILS: "FAIL", Verdict.UNPROVEN: "?   "}


def verify_at(
    package: str, *, key: Path | None, authority: Path | None, log_key: str | None, organization: str | None
) -> Report:
    """Verify a package by what is known from elsewhere. Raises StartRefusedError when there is none, or a key is none."""
    try:
        trust = Trust(
            key=None if key is None else load_public(key.read_bytes()),
            roots=() if authority is None else tuple(load_roots(authority.read_bytes())),
            log_keys=() if log_key is None else (log_key,),
            organization_id=organization,
        )
        return verify_package(package, trust)
    except PackageUnreadable as error:
        raise StartRefusedError(str(error)) from None
    except AttestationError as error:
        raise StartRefusedError(f"--key {key}: {error}.") from None
    except TimestampError as error:
        raise StartRefusedError(f"--authority {authority}: {error}.") from None
    except OSError as error:
        raise StartRefusedError(f"{error.filename} cannot be read: {error.strerror}.") from None


def in_words(report: Report) -> str:
    """A line for each finding, then the verdict."""
    lines = [f"{_SIGNS[each.verdict]}  {each.check.value}: {each.sentence}" for each in report.in_order]
    return "\n".join([*lines, report.sentence])


def in_json(report: Report) -> str:
    """The whole report."""
    findings = [
        {
            "check": each.check.value,
            "verdict": each.verdict.value,
            "sentence": each.sentence,
            "file": each.file,
            "expected": each.expected,
            "found": each.found,
        }
        for each in report.in_order
    ]
    told = {"package": report.package, "holds": report.holds, "sentence": report.sentence, "root": report.root}
    return json.dumps({**told, "files": report.files, "bytes": report.size, "findings": findings}, ensure_ascii=False)
