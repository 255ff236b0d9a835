"""What verifying a package gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Check(StrEnum):
    """What was looked at; what is wrong with one may come of what is wrong with those before it."""

    PACKAGE = "package"
    MANIFESTS = "manifests"
    FILES = "files"
    HASHES = "hashes"
    TIMESTAMP = "timestamp"
    ATTESTATION = "attestation"
    SCHEMAS = "schemas"
    MEDIA = "media"
    COUNTS = "counts"
    LOAD_FILES = "load files"
    LOG = "export log"
    LEDGER = "ledger"
    TRUST = "trust"


class Verdict(StrEnum):
    """What came of it. UNPROVEN: nothing is wrong, but nothing shows that it is right either."""

    HOLDS = "holds"
    FAILS = "fails"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence; what fails names its file, what was expected there, and what was found."""

    check: Check
    verdict: Verdict
    sentence: str
    file: str | None = None
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the verifier knows from elsewhere; what is not given is taken from the package, which then proves only that it
    is of one piece. ``log_keys`` are C2SP verifier keys.
    """

    key: Ed25519PublicKey | None = None
    roots: tuple[x509.Certificate, ...] = ()
    log_keys: tuple[str, ...] = ()
    organization_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known of a package; ``root`` is the SHA-256 of its tag manifest."""

    package: str
    findings: Sequence[Finding] = field(default_factory=tuple[Finding, ...])
    files: int = 0
    size: int = 0
    root: str | None = None

    @property
    def failures(self) -> Sequence[Finding]:
        """What is wrong, first what other findings may follow from."""
        order = {check: place for place, check in enumerate(Check)}
        failing = [each for each in self.findings if each.verdict is Verdict.FAILS]
        return sorted(failing, key=lambda each: order[each.check])

    @property
    def in_order(self) -> Sequence[Finding]:
        """All findings, what is wrong before the others."""
        return [*self.failures, *(each for each in self.findings if each.verdict is not Verdict.FAILS)]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failures

    @property
    def exit_code(self) -> int:
        """0 when nothing is wrong, else 3."""
        return 0 if self.holds else 3

    @property
    def sentence(self) -> str:
        """The verdict."""
        failures = self.failures
        if not failures:
            return f"The package {self.package} is whole and unchanged: {self.files} files, {self.size} bytes."
        rest = len(failures) - 1
        return f"{failures[0].sentence}{f' {rest} more findings follow.' if rest else ''}"


class PackageUnreadable(Exception):  # noqa: N818 - it is what a place is, not what a program did wrong
    """There is no package to look at, or it cannot be read; the text is a sentence."""
