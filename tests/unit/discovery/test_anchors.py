"""Timestamps and attestations, held against openssl."""

import asyncio
import base64
import hashlib
import json
import random
import subprocess
from pathlib import Path

import pytest
from tests.unit.discovery.sample import KEY, OTHER_KEY, Authority, make_authority

from shiftline.discovery.anchors import attestations, timestamps
from shiftline.discovery.anchors.attestations import Attestation, AttestationError, Statement
from shiftline.discovery.anchors.timestamps import TimestampError

DIGEST = hashlib.sha256(b"manifest").digest()
STATEMENT = Statement({"tagmanifest-sha256.txt": DIGEST.hex()}, {"export": "e-1"})


@pytest.mark.parametrize("nonce", [1, 127, 128, 255, 256, 2**62 + 5, 2**63 - 1])
def test_openssl_reads_a_request_as_it_was_meant(nonce: int, tmp_path: Path) -> None:
    (tmp_path / "request").write_bytes(timestamps.request(DIGEST, nonce))
    said = subprocess.run(
        ["openssl", "ts", "-query", "-in", str(tmp_path / "request"), "-text"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Hash Algorithm: sha256" in said
    assert "Certificate required: yes" in said
    assert f"Nonce: 0x{nonce:0{(nonce.bit_length() // 8 + 1) * 2}X}" in said or f"0x{nonce:02X}" in said
    dumped = "".join(
        line.split("-", 1)[1][:50].replace(" ", "").replace("-", "") for line in said.splitlines() if "    00" in line
    )
    assert DIGEST.hex() in dumped


@pytest.mark.parametrize("nonce", [0, -1, 2**63])
def test_a_request_needs_a_nonce_that_every_authority_takes(nonce: int) -> None:
    with pytest.raises(ValueError, match="nonce"):
        timestamps.request(DIGEST, nonce)


def test_a_token_tells_when_and_by_whom(authority: Authority) -> None:
    response = asyncio.run(authority.stamp(DIGEST))
    stamp = timestamps.check(response, DIGEST, authority.roots, 2**62 + 17)
    assert stamp == timestamps.read(response)
    assert stamp.issuer == "CN=Test Time Authority"
    assert stamp.at.utcoffset() is not None


def test_a_token_over_something_else_says_over_what(authority: Authority) -> None:
    response = asyncio.run(authority.stamp(DIGEST))
    with pytest.raises(TimestampError, match=DIGEST.hex()):
        timestamps.check(response, hashlib.sha256(b"other").digest(), authority.roots)


def test_a_token_of_an_unknown_authority_or_another_request_is_refused(authority: Authority, tmp_path: Path) -> None:
    response = asyncio.run(authority.stamp(DIGEST))
    with pytest.raises(TimestampError, match="does not hold"):
        timestamps.check(response, DIGEST, make_authority(tmp_path, "Other").roots)
    with pytest.raises(TimestampError, match="its nonce is not ours"):
        timestamps.check(response, DIGEST, authority.roots, 5)


def test_what_is_no_token_is_refused(authority: Authority) -> None:
    response = asyncio.run(authority.stamp(DIGEST))
    for content in (b"", b"no", response[:-1], response + b"\0", b"<html>not found</html>"):
        with pytest.raises(TimestampError):
            timestamps.check(content, DIGEST, authority.roots)


def test_an_authority_that_refuses_gives_no_token(authority: Authority) -> None:
    refused = authority.answer(timestamps.request(DIGEST, 9)[:-3])
    with pytest.raises(TimestampError):
        timestamps.check(refused, DIGEST, authority.roots)


def test_an_attestation_is_the_same_each_time_and_tells_what_was_signed() -> None:
    attested = attestations.attest(STATEMENT, KEY)
    assert attested == attestations.attest(STATEMENT, KEY)
    assert attestations.check(attested, KEY.public_key()) == STATEMENT
    envelope = json.loads(attested.envelope)
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [{"name": "tagmanifest-sha256.txt", "digest": {"sha256": DIGEST.hex()}}]


def test_dsse_encodes_as_its_specification_says() -> None:
    """Source: DSSE 1.0, protocol.md."""
    assert attestations.encode(b"hello") == b"DSSEv1 28 application/vnd.in-toto+json 5 hello"


def test_every_flipped_bit_of_an_attestation_is_found() -> None:
    attested = attestations.attest(STATEMENT, KEY)
    parts = [attested.envelope, attested.signed, attested.signature]
    for number, part in enumerate(parts):
        chosen = random.Random(number).sample(range(len(part) * 8), min(len(part) * 8, 600))
        for bit in chosen:
            spoilt = bytearray(part)
            spoilt[bit // 8] ^= 1 << bit % 8
            changed = Attestation(*[bytes(spoilt) if index == number else each for index, each in enumerate(parts)])
            with pytest.raises(AttestationError):
                attestations.check(changed, KEY.public_key())


def test_another_key_has_not_signed_it() -> None:
    attested = attestations.attest(STATEMENT, OTHER_KEY)
    with pytest.raises(AttestationError):
        attestations.check(attested, KEY.public_key())
    renamed = attested.envelope.replace(
        attestations.fingerprint(OTHER_KEY.public_key()).encode(), attestations.fingerprint(KEY.public_key()).encode()
    )
    with pytest.raises(AttestationError, match="has not signed it"):
        attestations.check(Attestation(renamed, attested.signed, attested.signature), KEY.public_key())


def test_only_ed25519_keys_are_taken() -> None:
    assert attestations.load_public(attestations.public_pem(KEY.public_key())) == KEY.public_key()
    with pytest.raises(AttestationError):
        attestations.load_public(b"no key")
