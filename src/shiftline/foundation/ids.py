"""Identifiers: opaque text, random unless a caller brought its own."""

import re
import secrets
import uuid

WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,99}")


def new_id() -> str:
    """A new random identifier, as lower-case UUID text."""
    return str(uuid.uuid4())


def new_secret(entropy_bytes: int = 32) -> str:
    """A new unguessable URL-safe text of the given entropy."""
    return secrets.token_urlsafe(entropy_bytes)


def is_well_formed(identifier: str) -> bool:
    """Whether a text from outside may be an identifier here: 1-100 characters of letters, digits, ``_.:@-``."""
    return WELL_FORMED.fullmatch(identifier) is not None
