"""Checkpoints as signed notes. Source: C2SP tlog-checkpoint and signed-note, with Ed25519; C2SP tlog-proof for proofs.

A note is the text (origin, size, root, each a line), an empty line, and a line for each signature. Whoever opens one says
which log it must be of and which keys may have signed it; everything else is refused.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shiftline.ledger.errors import NoteError
from shiftline.ledger.model import Checkpoint, VerifierKey
from shiftline.ledger.rules.tree import HASH_SIZE

PROOF = "c2sp.org/tlog-proof@v1"
_ED25519 = b"\x01"
_ID_SIZE = 4
_KEY_SIZE = 32
_MOST_SIGNATURES = 64
_LARGEST_NOTE = 1024 * 1024
_SIZE = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
_SPACES = re.compile(r"[\s+]")
_DASH = "\u2014 "


def name_log(host: str, organization_id: str) -> str:
    """The origin of an organization's log, which is the name of its key, too."""
    return f"{host}/shiftline/ledger/{organization_id}"


def verifier_of(name: str, public: bytes) -> VerifierKey:
    """The key of a name. Raises NoteError for a name that no note can hold."""
    if not name or _SPACES.search(name) or not name.isprintable():
        raise NoteError(f"{name!r} cannot be a key's name: it must have no spaces and no plus.")
    if len(public) != _KEY_SIZE:
        raise NoteError("an Ed25519 key has 32 bytes.")
    key_id = hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:_ID_SIZE]
    return VerifierKey(name, key_id, public)


def format_verifier(key: VerifierKey) -> str:
    """A key as text: ``name+id+base64``."""
    return f"{key.name}+{key.key_id.hex()}+{_text(_ED25519 + key.public)}"


def parse_verifier(text: str) -> VerifierKey:
    """The key of a text. Raises NoteError when it is no Ed25519 key, or its id is another's."""
    parts = text.split("+", 2)
    if len(parts) != 3:  # noqa: PLR2004 - name, id, key
        raise NoteError("a verifier key has three parts joined by a plus.")
    material = _bytes(parts[2], "the verifier key")
    if material[:1] != _ED25519:
        raise NoteError("the verifier key is of another type than Ed25519.")
    key = verifier_of(parts[0], material[1:])
    if key.key_id.hex() != parts[1]:
        raise NoteError("the verifier key's id is not that of its name and content.")
    return key


def public_of(private: Ed25519PrivateKey) -> bytes:
    """The public part of a key."""
    return private.public_key().public_bytes_raw()


def sign(checkpoint: Checkpoint, privates: Sequence[Ed25519PrivateKey]) -> str:
    """A checkpoint as a note signed by keys, each by the name of the log."""
    text = _format(checkpoint)
    lines = [_signature_line(checkpoint.origin, text, private) for private in privates]
    return f"{text}\n{''.join(lines)}"


def open_checkpoint(note: str, origin: str, keys: Collection[VerifierKey]) -> Checkpoint:
    """What a note says, once one of the keys has signed it and it is of that log. Raises NoteError saying what is wrong.

    Signatures of unknown keys do not count. One of a known key that is wrong refuses the whole note.
    """
    text, signatures = _split(note)
    known = {(key.name, key.key_id): key for key in keys}
    good = 0
    for name, content in signatures:
        key = known.get((name, content[:_ID_SIZE]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(content[_ID_SIZE:], text.encode())
        except InvalidSignature:
            raise NoteError(f"the signature of {name} ({key.key_id.hex()}) is wrong: the text was changed.") from None
        good += 1
    if not good:
        raise NoteError("none of the known keys has signed it.")
    checkpoint = _parse(text)
    if checkpoint.origin != origin:
        raise NoteError(f"it is of the log {checkpoint.origin}, not of {origin}.")
    return checkpoint


def read_unverified(note: str) -> Checkpoint:
    """What a note says, whoever signed it: for showing, never for trusting. Raises NoteError."""
    return _parse(_split(note)[0])


def format_proof(index: int, hashes: Sequence[bytes], note: str) -> str:
    """A proof that stands alone: the leaf's place, the hashes from its sibling up, the note."""
    return "".join(f"{line}\n" for line in (PROOF, f"index {index}", *map(_text, hashes), "")) + note


def parse_proof(text: str) -> tuple[int, tuple[bytes, ...], str]:
    """The leaf's place, the hashes and the note of a proof. Raises NoteError."""
    head, empty, note = text.partition("\n\n")
    lines = head.split("\n")
    if not empty or lines[0] != PROOF:
        raise NoteError(f"a proof begins with {PROOF} and has an empty line before its checkpoint.")
    rest = lines[2:] if len(lines) > 1 and lines[1].startswith("extra ") else lines[1:]
    word, _, number = (rest[0] if rest else "").partition(" ")
    if word != "index" or not _SIZE.fullmatch(number):
        raise NoteError("a proof tells the index of its leaf.")
    hashes = tuple(_bytes(line, "a hash of the proof") for line in rest[1:])
    if any(len(each) != HASH_SIZE for each in hashes):
        raise NoteError("a hash of the proof does not have 32 bytes.")
    return int(number), hashes, note


def _signature_line(name: str, text: str, private: Ed25519PrivateKey) -> str:
    key = verifier_of(name, public_of(private))
    return f"{_DASH}{name} {_text(key.key_id + private.sign(text.encode()))}\n"


def _format(checkpoint: Checkpoint) -> str:
    if len(checkpoint.root) != HASH_SIZE or checkpoint.size < 0:
        raise NoteError("a checkpoint has a size and a root of 32 bytes.")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{_text(checkpoint.root)}\n"


def _parse(text: str) -> Checkpoint:
    lines = text.split("\n")[:-1]
    if len(lines) < 3 or not all(lines):  # noqa: PLR2004 - origin, size, root
        raise NoteError("a checkpoint has three lines: origin, size and root.")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size):
        raise NoteError(f"{size!r} is no size of a tree.")
    content = _bytes(root, "the root")
    if len(content) != HASH_SIZE:
        raise NoteError("the root does not have 32 bytes.")
    return Checkpoint(origin, int(size), content)


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note) > _LARGEST_NOTE:
        raise NoteError("it is too long to be a note.")
    if any((letter < " " and letter != "\n") or "\ud800" <= letter <= "\udfff" for letter in note):
        raise NoteError("a note holds no control characters.")
    before, empty, after = note.rpartition("\n\n")
    if not empty or not after.endswith("\n"):
        raise NoteError("a note has an empty line before its signatures and ends with a line.")
    lines = after.split("\n")[:-1]
    if not lines or len(lines) > _MOST_SIGNATURES:
        raise NoteError(f"a note has 1 to {_MOST_SIGNATURES} signatures.")
    return f"{before}\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, space, content = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not name or _SPACES.search(name):
        raise NoteError("a signature is a line of a dash, a name and base64.")
    signature = _bytes(content, "a signature")
    if len(signature) <= _ID_SIZE:
        raise NoteError("a signature is too short.")
    return name, signature


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str, what: str) -> bytes:
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{what} is no base64.") from error
    if _text(content) != text:  # one content, one text: else a bit could be flipped in the text unseen
        raise NoteError(f"{what} is base64 with stray bits.")
    return content
