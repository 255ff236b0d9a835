"""Tokens that say when bytes were there at the latest. Source: RFC 3161; the token is kept as the whole response."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

REQUEST_TYPE = "application/timestamp-query"
RESPONSE_TYPE = "application/timestamp-reply"

_VERSION = b"\x02\x01\x01"
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_CERTIFICATE_WANTED = b"\x01\x01\xff"
_LARGEST_NONCE = 2**63 - 1


class TimestampError(ValueError):
    """A token is not what it should be; the text says what."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What a token says: the hash was there at ``at`` (UTC), by ``issuer`` (RFC 4514), as token number ``serial``."""

    at: datetime
    issuer: str
    serial: int


def request(sha256: bytes, nonce: int) -> bytes:
    """A request for a token over a SHA-256, which asks for the authority's certificate, too; ``nonce`` is to be random."""
    if len(sha256) != 32 or not 0 < nonce <= _LARGEST_NONCE:  # noqa: PLR2004 - bytes of a SHA-256
        raise ValueError("a request takes a SHA-256 and a positive nonce of 63 bits at most")
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    imprint = _der(0x30, _SHA256 + _der(0x04, sha256))
    return _der(0x30, _VERSION + imprint + _der(0x02, number) + _CERTIFICATE_WANTED)


def check(response: bytes, sha256: bytes, roots: Sequence[x509.Certificate], nonce: int | None = None) -> Timestamp:
    """What a response says, once an authority under one of the roots has signed it over this hash. Raises TimestampError.

    Certificates must have been valid when the token was made, not now.
    """
    token = _decode(response)
    if token.as_bytes() != response:
        raise TimestampError("the token is not in its one DER form")
    builder = VerifierBuilder(roots=list(roots), nonce=nonce)
    try:
        builder.build().verify(token, sha256)
    except (VerificationError, ValueError) as error:
        raise TimestampError(_told(token, sha256, nonce, error)) from error
    return _read(token)


def read(response: bytes) -> Timestamp:
    """What a response says of itself, whoever signed it. Raises TimestampError."""
    return _read(_decode(response))


def load_roots(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a file. Raises TimestampError."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise TimestampError("it holds no certificate in PEM") from error


def roots_pem(roots: Sequence[x509.Certificate]) -> bytes:
    """Certificates as a file."""
    return b"".join(each.public_bytes(Encoding.PEM) for each in roots)


def _decode(response: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(response)
    except ValueError as error:
        raise TimestampError("it is no response of a timestamp authority") from error


def _told(token: TimeStampResponse, sha256: bytes, nonce: int | None, error: Exception) -> str:
    try:
        stamped = bytes(token.tst_info.message_imprint.message)
    except ValueError:
        return f"the authority gave no token: {' '.join(token.status_string) or error}"
    if stamped != sha256:
        return f"the token is over {stamped.hex()}"
    if nonce is not None and token.tst_info.nonce != nonce:
        return "the token is of another request (its nonce is not ours)"
    return f"the token does not hold: {error}"


def _read(token: TimeStampResponse) -> Timestamp:
    try:
        info = token.tst_info
        signer = next(iter(token.signed_data.signer_infos))
        issuer = _signer_name(token, signer.issuer, signer.serial_number)
        return Timestamp(info.gen_time, issuer, info.serial_number)
    except (ValueError, StopIteration) as error:
        raise TimestampError("the token tells no time") from error


def _signer_name(token: TimeStampResponse, issuer: x509.Name, serial: int) -> str:
    """The authority's own name, from its certificate in the token, else that of who certified it."""
    for content in token.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(content)
        if certificate.issuer == issuer and certificate.serial_number == serial:
            return certificate.subject.rfc4514_string()
    return issuer.rfc4514_string()


def _der(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content
