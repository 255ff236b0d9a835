"""Where what lies in a package. Pure."""

import re
from datetime import UTC, datetime

README = "README.txt"
VERIFY = "verify.sh"
CERTIFICATE_HTML = "certificate/custody.html"
CERTIFICATE_PDF = "certificate/custody.pdf"
SCHEMAS = "schemas/"
ATTESTATION_KEY = "keys/attestation.pem"
AUTHORITY = "keys/timestamp-authority.pem"
LOG_KEYS = "keys/ledger.txt"
MANIFEST_TOKEN = "timestamps/manifest-sha256.txt.tsr"  # noqa: S105 - an RFC 3161 token, no secret
TAG_MANIFEST_TOKEN = "timestamps/tagmanifest-sha256.txt.tsr"  # noqa: S105
ATTESTATION = "attestation/tagmanifest.dsse.json"
ATTESTATION_SIGNED = "attestation/tagmanifest.pae"
ATTESTATION_SIGNATURE = "attestation/tagmanifest.sig"
ANCHORS = frozenset({TAG_MANIFEST_TOKEN, ATTESTATION, ATTESTATION_SIGNED, ATTESTATION_SIGNATURE})
"""What comes after the tag manifest and so is not in it: each is bound to it by a signature instead."""

EXPORT = "data/export.json"
PROOFS = "data/ledger/proofs.jsonl"
CHECKPOINT = "data/ledger/checkpoint.txt"
DAT = "data/load/export.dat"
OPT = "data/load/export.opt"
EDRM = "data/load/edrm.xml"
SLIP_SHEET = "data/load/produced-natively.tif"
LOG_CSV = "data/log/export-log.csv"
LOG_JSON = "data/log/export-log.jsonl"
AGENT_LOGS = "data/log/agents/"
CONVERSATIONS = "data/conversations/"
VENDOR = "data/vendor/"

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def segment(text: str) -> str:
    """An id or file name as a part of a path that every system can hold; another one for each."""
    if _PLAIN.fullmatch(text) and not text.endswith("."):
        return text
    last = len(text) - 1
    plain = (
        each.isascii() and (each.isalnum() or each in "_-" or (each == "." and 0 < at < last))
        for at, each in enumerate(text)
    )
    return "".join(each if kept else f"~{ord(each):x}~" for each, kept in zip(text, plain, strict=True)) or "~"


def conversation(conversation_id: str, name: str) -> str:
    """A file of a conversation."""
    return f"{CONVERSATIONS}{segment(conversation_id)}/{name}"


def vendor_folder(conversation_id: str, started_at: datetime) -> str:
    """A conversation's folder in the vendor's layout, by when it began in UTC."""
    at = started_at.astimezone(UTC)
    return f"year={at:%Y}/month={at:%m}/day={at:%d}/hour={at:%H}/conversation_id={segment(conversation_id)}"


def vendor(conversation_id: str, started_at: datetime, name: str) -> str:
    """A file in the vendor's layout."""
    return f"{VENDOR}{vendor_folder(conversation_id, started_at)}/{name}"


def agent_log(agent_id: str, ending: str) -> str:
    """One agent's export log."""
    return f"{AGENT_LOGS}{segment(agent_id)}.{ending}"
