"""A report on the wire, as ``shiftline verify --json`` prints it."""

from shiftline.discovery.verification.model import Report
from shiftline.foundation.web.wire import Wire


class WireFinding(Wire, kw_only=True):
    """One sentence; ``verdict`` is ``holds``, ``fails`` or ``unproven``. What fails names its file."""

    check: str
    verdict: str
    sentence: str
    file: str | None = None
    expected: str | None = None
    found: str | None = None


class WireReport(Wire, kw_only=True):
    """What is known of a package; ``root`` is the SHA-256 of its tag manifest, what is wrong comes first."""

    package: str
    holds: bool
    sentence: str
    root: str | None = None
    files: int
    bytes: int
    findings: list[WireFinding]


def show_report(report: Report) -> WireReport:
    """A report."""
    return WireReport(
        package=report.package,
        holds=report.holds,
        sentence=report.sentence,
        root=report.root,
        files=report.files,
        bytes=report.size,
        findings=[
            WireFinding(
                check=each.check.value,
                verdict=each.verdict.value,
                sentence=each.sentence,
                file=each.file,
                expected=each.expected,
                found=each.found,
            )
            for each in report.in_order
        ],
    )
