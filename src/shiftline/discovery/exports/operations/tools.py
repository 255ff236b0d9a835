"""What a run needs beside the database: sound and objects, keys that sign, where packages go, and who tells the time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shiftline.discovery.anchors import attestations
from shiftline.discovery.exports.destinations.placing import Places
from shiftline.discovery.exports.errors import ExportRefused
from shiftline.ledger.errors import SigningUnavailable
from shiftline.ledger.keys import SigningKeys
from shiftline.recordings.operations.vault import Vault


@dataclass(frozen=True, slots=True)
class Authority:
    """A timestamp authority (RFC 3161): asked with a whole request, it answers with a whole response; ``url`` names it."""

    url: str
    ask: Callable[[bytes], Awaitable[bytes]]
    roots: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a program gives its runs. Without an authority, exports go without a timestamp and say so."""

    vault: Vault
    keys: SigningKeys
    places: Places
    software: str
    authority: Authority | None = None
    together: int = field(default=24)

    def newest_key(self, organization_id: str) -> Ed25519PrivateKey:
        """By what packages of an organization are attested from now on. Raises ExportRefused."""
        return self._keys(organization_id)[0]

    def find_key(self, organization_id: str, public_pem: bytes) -> Ed25519PrivateKey:
        """The key whose public half an export was frozen with. Raises ExportRefused."""
        for key in self._keys(organization_id):
            if attestations.public_pem(key.public_key()) == public_pem:
                return key
        raise ExportRefused(
            "export.key.gone",
            "The key that this export was frozen with is not in the file of the ledger's keys any more "
            "(SHIFTLINE_LEDGER_KEYS): put it back, then resume the export.",
        )

    def _keys(self, organization_id: str) -> tuple[Ed25519PrivateKey, ...]:
        try:
            return self.keys.derive(f"legal export of {organization_id}")
        except SigningUnavailable as error:
            raise ExportRefused("export.keys.unavailable", error.message) from error
