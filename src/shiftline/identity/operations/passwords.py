"""Passwords: argon2id at OWASP's settings, off the event loop. For the sign-in page alone."""

import asyncio
import base64

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shiftline.foundation.errors import Invalid, Problem

SHORTEST, LONGEST = 8, 256

# Source: OWASP Password Storage Cheat Sheet, argon2id with 19 MiB, 2 passes, 1 lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _zeros(count: int) -> str:
    return base64.b64encode(bytes(count)).decode().rstrip("=")


# Verified against when nobody has the e-mail address, so that the answer takes as long: a hash that no password has.
NOBODY = (
    f"$argon2id$v=19$m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    f"${_zeros(_HASHER.salt_len)}${_zeros(_HASHER.hash_len)}"
)


async def hash_password(password: str) -> str:
    """The argon2 hash of a password. Raises Invalid for one too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(Problem("password", f"must have {SHORTEST} to {LONGEST} characters."))
    return await asyncio.to_thread(_HASHER.hash, password)


async def is_right_password(password: str, hashed: str) -> bool:
    """Whether a password is the one that was hashed."""
    try:
        return await asyncio.to_thread(_HASHER.verify, hashed, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
