"""A package is received into a folder of its own, verified on a thread, and forgotten."""

import asyncio
import contextlib
import errno
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shiftline.authorization.operations import require
from shiftline.discovery import places
from shiftline.discovery.anchors.attestations import AttestationError, load_public
from shiftline.discovery.exports.operations.asking import list_signers
from shiftline.discovery.inspection.errors import NoPackage, NoRoom, PackageTooLarge
from shiftline.discovery.verification.model import PackageUnreadable, Report, Trust
from shiftline.discovery.verification.readers import Reader, open_package
from shiftline.discovery.verification.verifying import verify_package
from shiftline.foundation.context import Context
from shiftline.ledger.errors import LedgerEmpty
from shiftline.ledger.model import VerifierKey
from shiftline.ledger.operations.reading import find_identity
from shiftline.ledger.rules.checkpoints import format_verifier

VERIFY = "discovery:package:verify"
MOST_BYTES = 8 * 1024**3
"""Of a ZIP as it is sent."""
MOST_UNPACKED = 64 * 1024**3
LONGEST_KEY = 10_000

_turn = asyncio.Semaphore(1)
"""Hashing keeps a core busy: packages are verified one after another."""


async def verify_sent(context: Context, name: str, body: AsyncIterator[bytes], announced: int | None) -> Report:
    """Verify a ZIP that is sent now, by what the organization knows of itself.

    Raises PermissionMissing, NoPackage, PackageTooLarge, NoRoom.
    """
    require(context, VERIFY)
    if announced is not None and announced > MOST_BYTES:
        raise PackageTooLarge("as it is sent", announced, MOST_BYTES)
    with tempfile.TemporaryDirectory(prefix="shiftline-package-") as folder:
        path = Path(folder) / "package.zip"
        await _receive(path, body)
        own = await _find_own(context)
        async with _turn:
            report = await asyncio.to_thread(_verify, path, own)
    return replace(report, package=name)


async def _receive(path: Path, body: AsyncIterator[bytes]) -> None:
    size = 0
    try:
        with path.open("wb") as file:
            async for chunk in body:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise PackageTooLarge("as it is sent", size, MOST_BYTES)
                await asyncio.to_thread(file.write, chunk)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sentence = (
            "The server has no room for the package just now. Run `shiftline verify` where it lies, or free its disk."
        )
        raise NoRoom(sentence, timedelta(minutes=5)) from error
    if not size:
        raise NoPackage("is empty: send the ZIP's bytes as the body.")


@dataclass(frozen=True, slots=True)
class Own:
    """What the organization knows of itself: what its packages were signed by (PEM, the latest first), and its ledger's keys."""

    organization_id: str
    signers: Sequence[bytes] = ()
    log: Sequence[VerifierKey] = ()


async def _find_own(context: Context) -> Own:
    async with context.reader() as reader:
        signers = await list_signers(reader, context.organization_id)
        try:
            log = (await find_identity(reader, context.organization_id)).keys
        except LedgerEmpty:
            log = ()
    return Own(context.organization_id, signers, log)


def _verify(path: Path, own: Own) -> Report:
    try:
        reader = open_package(path)
        files = reader.files()
        if sum(files.values()) > MOST_UNPACKED:
            raise PackageTooLarge("unpacked", sum(files.values()), MOST_UNPACKED)
        trust = Trust(
            key=signing_key(reader, files.get(places.ATTESTATION_KEY), own.signers),
            log_keys=tuple(format_verifier(each) for each in own.log),
            organization_id=own.organization_id,
        )
        return verify_package(reader, trust)
    except PackageUnreadable as error:
        raise NoPackage(str(error).replace(f"{path.parent}/", "")) from None


def signing_key(reader: Reader, size: int | None, signers: Sequence[bytes]) -> Ed25519PublicKey | None:
    """The organization's key that the package says it is signed with; the latest when it says another: then the check fails.

    Keys are changed from time to time, and what an older one signed stays signed by us. None: we never signed anything.
    """
    ours = [load_public(each) for each in signers]
    told: Ed25519PublicKey | None = None
    if size is not None and size <= LONGEST_KEY:
        with contextlib.suppress(AttestationError):
            told = load_public(b"".join(reader.read(places.ATTESTATION_KEY)))
    found = (each for each in ours if told is not None and each.public_bytes_raw() == told.public_bytes_raw())
    return next(found, ours[0] if ours else None)
