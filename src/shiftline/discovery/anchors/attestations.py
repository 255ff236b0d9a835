"""A signed statement of which package was made: DSSE with an in-toto statement, Ed25519. Pure.

Source: DSSE 1.0 (secure-systems-lab/dsse, protocol.md and envelope.md); in-toto Statement v1.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shiftline.discovery import canonical

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:shiftline:legal-export:v1"


class AttestationError(ValueError):
    """An attestation is not what it should be; the text says what."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """An attestation in its three forms: the envelope, and for plain tools the signed bytes and the signature."""

    envelope: bytes
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """What is attested: SHA-256 (hexadecimal) by file, and what is said of them."""

    subjects: Mapping[str, str]
    predicate: Mapping[str, Any]


def attest(statement: Statement, private: Ed25519PrivateKey) -> Attestation:
    """Sign a statement; the same statement and key give the same bytes."""
    payload = canonical.compact(
        {
            "_type": STATEMENT,
            "subject": [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in statement.subjects.items()],
            "predicateType": PREDICATE,
            "predicate": statement.predicate,
        }
    ).encode()
    signed = encode(payload)
    signature = private.sign(signed)
    return Attestation(_envelope(payload, signature, fingerprint(private.public_key())), signed, signature)


def read_statement(envelope: bytes) -> Statement:
    """What an envelope says, whoever signed it. Raises AttestationError."""
    try:
        return _statement(base64.b64decode(json.loads(envelope)["payload"]))
    except (ValueError, KeyError, TypeError) as error:
        raise AttestationError("it is no DSSE envelope") from error


def encode(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding, which is what is signed."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def check(attestation: Attestation, key: Ed25519PublicKey) -> Statement:
    """What an attestation says, once the key has signed it and its three forms agree. Raises AttestationError."""
    payload, signature = _open(attestation.envelope, key)
    if attestation.signed != encode(payload):
        raise AttestationError("the signed bytes beside the envelope are not those of its payload")
    if attestation.signature != signature:
        raise AttestationError("the signature beside the envelope is not the envelope's")
    try:
        key.verify(signature, attestation.signed)
    except InvalidSignature:
        raise AttestationError(f"the key {fingerprint(key)} has not signed it") from None
    return _statement(payload)


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as a file."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def load_public(pem: bytes) -> Ed25519PublicKey:
    """The key of a file. Raises AttestationError."""
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError as error:
        raise AttestationError("it is no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise AttestationError("it is no Ed25519 key")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """By what a key is named: the SHA-256 of its DER form, as ``openssl pkey -pubin -outform DER | sha256sum`` gives it."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _envelope(payload: bytes, signature: bytes, key_id: str) -> bytes:
    return canonical.whole(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": key_id, "sig": base64.b64encode(signature).decode()}],
        }
    )


def _open(envelope: bytes, key: Ed25519PublicKey) -> tuple[bytes, bytes]:
    try:
        value = cast("dict[str, Any]", json.loads(envelope))
        payload = base64.b64decode(value["payload"], validate=True)
        signature = base64.b64decode(value["signatures"][0]["sig"], validate=True)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, binascii.Error) as error:
        raise AttestationError("it is no DSSE envelope") from error
    if envelope != _envelope(payload, signature, fingerprint(key)):
        raise AttestationError(f"the envelope is not written as one signed by the key {fingerprint(key)} is")
    return payload, signature


def _statement(payload: bytes) -> Statement:
    try:
        value = cast("dict[str, Any]", json.loads(payload))
        subjects = cast("Sequence[dict[str, Any]]", value["subject"])
        found = {str(each["name"]): str(each["digest"]["sha256"]) for each in subjects}
        predicate = cast("Mapping[str, Any]", value["predicate"])
        kinds = (value["_type"], value["predicateType"])
    except (ValueError, KeyError, TypeError) as error:
        raise AttestationError("its payload is no in-toto statement") from error
    if kinds != (STATEMENT, PREDICATE):
        raise AttestationError(f"its payload is a statement of another kind: {kinds[0]}, {kinds[1]}")
    return Statement(found, predicate)
