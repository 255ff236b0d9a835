"""How sound lies on a disk: encrypted in chunks, each authenticated with its place. Pure.

``header | chunk... | end chunk | footer``, all numbers big-endian:

- header: ``SLREC``, version (1 byte), salt (16), length of the recording id (2), the recording id;
- chunk: length of its plain content (4), kind (1: 0 sound, 1 end), when it was handed over (8, ms since 1970; 0 at the end), content
  encrypted by AES-256-GCM with its tag;
- end chunk: size and SHA-256 of the plain sound, packets, lost packets, whether the file was mended after a crash, and the
  plain length of each chunk;
- footer: length of the whole end chunk (4), ``SLEND``.

The chunk's key is derived from the recording's data key and the salt, so that no two files ever share one, also when a
recording is begun again. The nonce is the chunk's number (the end's is the largest there is); the header, the number, kind,
time and length are authenticated with it. So a flipped bit, a missing, moved or foreign chunk and a cut end all show.

*Strict* reading takes a whole file or nothing. *Tolerant* reading gives the chunks before the first that is not whole: what
a crash left. ``Directory`` finds the chunks of a byte range from the last bytes of a file.
"""

import hashlib
import os
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LARGEST_CHUNK = 64 * 1024
SALT_SIZE = 16
TAG_SIZE = 16

_MAGIC, _END_MAGIC, _VERSION = b"SLREC", b"SLEND", 1
_START = struct.Struct(">5sB16sH")
_CHUNK = struct.Struct(">IBq")
_FOOTER = struct.Struct(">I5s")
_END = struct.Struct(">Q32sQQ?I")
_LENGTH = struct.Struct(">I")
_SOUND, _FINAL = 0, 1
_END_NUMBER = 2**64 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MOST_CHUNKS = 2**22
_LONGEST_ID = 400

FOOTER_SIZE = _FOOTER.size


class Damaged(ValueError):  # noqa: N818 - what a file is, not what a program did wrong
    """A file is not, or not wholly, what its writer wrote; the text says where. ``cut``: it only ends too early."""

    def __init__(self, sentence: str, *, cut: bool = False) -> None:
        super().__init__(sentence)
        self.cut = cut


@dataclass(frozen=True, slots=True)
class Counts:
    """How many packets were written, and how many never came."""

    packets: int
    lost: int


@dataclass(frozen=True, slots=True)
class End:
    """What the end chunk tells: the plain sound's size and hash, the counts, the plain length of each chunk; ``mended``:
    its writer died, and somebody else wrote the end.
    """

    size: int
    sha256: bytes
    counts: Counts
    mended: bool
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What reading gave. ``last_at``: when the last chunk was handed over. ``problem``: why it ends early, or None;
    ``cut``: because the file does, and nothing in it is wrong.
    """

    recording_id: str
    sound: bytes
    chunks: int
    last_at: datetime | None
    end: End | None
    problem: str | None = None
    cut: bool = False


class Writer:
    """Makes a file's bytes in order: ``header``, ``chunk`` again and again, ``end``."""

    def __init__(self, data_key: bytes, recording_id: str, salt: bytes | None = None) -> None:
        self.recording_id = recording_id
        name = recording_id.encode()
        self.header = _START.pack(_MAGIC, _VERSION, salt or os.urandom(SALT_SIZE), len(name)) + name
        self._cipher = _cipher(data_key, self.header)
        self._hash = hashlib.sha256()
        self._lengths: list[int] = []

    def chunk(self, sound: bytes, at: datetime) -> bytes:
        """The next chunk. Raises ValueError for an empty or too large one."""
        if not 0 < len(sound) <= LARGEST_CHUNK:
            raise ValueError(f"a chunk holds 1 to {LARGEST_CHUNK} bytes")
        number = len(self._lengths)
        self._hash.update(sound)
        self._lengths.append(len(sound))
        return _seal(self._cipher, self.header, number, _CHUNK.pack(len(sound), _SOUND, _stamp(at)), sound)

    def end(self, counts: Counts, *, mended: bool = False) -> bytes:
        """The end chunk and the footer."""
        lengths, digest = self._lengths, self._hash.digest()
        head = _END.pack(sum(lengths), digest, counts.packets, counts.lost, mended, len(lengths))
        content = head + struct.pack(f">{len(lengths)}I", *lengths)
        chunk = _seal(self._cipher, self.header, _END_NUMBER, _CHUNK.pack(len(content), _FINAL, 0), content)
        return chunk + _FOOTER.pack(len(chunk), _END_MAGIC)


def read_strict(data_key: bytes, file: bytes, recording_id: str) -> Content:
    """A whole file. Raises Damaged when anything about it is not as it was written."""
    content = _read(data_key, file, recording_id)
    if content.problem is not None:
        raise Damaged(content.problem)
    return content


def read_tolerant(data_key: bytes, file: bytes, recording_id: str) -> Content:
    """The chunks before the first that is not whole; ``problem`` says why it ends there. Raises Damaged for a header
    that is not this recording's.
    """
    return _read(data_key, file, recording_id)


def read_recording_id(file: bytes) -> str:
    """Whose file it says it is; nothing is proven by it. Raises Damaged."""
    return _header_of(file)[1]


def _read(data_key: bytes, file: bytes, recording_id: str) -> Content:
    header, named = _header_of(file)
    if named != recording_id:
        raise Damaged("the file is another recording's.")
    cipher = _cipher(data_key, header)
    place, sounds, last_at, end = len(header), list[bytes](), None, None
    problem: Damaged | None = None
    while problem is None and end is None:
        try:
            kind, at, content, place = _open_next(cipher, header, file, place, len(sounds))
            if kind == _FINAL:
                end = _check_end(_parse_end(content), sounds)
                _check_footer(file, place, len(content))
            else:
                sounds.append(content)
                last_at = at
        except Damaged as error:
            problem, end = error, None
    told = None if problem is None else str(problem)
    is_cut = problem is not None and problem.cut
    return Content(recording_id, b"".join(sounds), len(sounds), last_at, end, told, is_cut)


def _open_next(cipher: AESGCM, header: bytes, file: bytes, place: int, number: int) -> tuple[int, datetime, bytes, int]:
    """The chunk at a place: kind, time, content, and where the next begins. Raises Damaged."""
    head = file[place : place + _CHUNK.size]
    if len(head) < _CHUNK.size:
        raise Damaged(f"the file ends without its end chunk, after {number} whole chunks.", cut=True)
    length, kind, stamp = _CHUNK.unpack(head)
    start, stop = place + _CHUNK.size, place + _CHUNK.size + length + TAG_SIZE
    if stop > len(file):
        raise Damaged(f"chunk {number} is cut short.", cut=True)
    actual = _END_NUMBER if kind == _FINAL else number
    content = _open(cipher, header, actual, head, file[start:stop])
    return kind, _EPOCH + stamp * _MILLISECOND, content, stop


def _check_end(end: End, sounds: Sequence[bytes]) -> End:
    if end.lengths != tuple(len(sound) for sound in sounds):
        raise Damaged(f"the end chunk tells of {len(end.lengths)} chunks, {len(sounds)} are there.")
    if hashlib.sha256(b"".join(sounds)).digest() != end.sha256:
        raise Damaged("the sound is not what the end chunk tells.")
    return end


def _check_footer(file: bytes, place: int, length: int) -> None:
    expected, there = _FOOTER.pack(_CHUNK.size + length + TAG_SIZE, _END_MAGIC), file[place:]
    if there != expected:
        raise Damaged("the file does not end with its footer.", cut=expected.startswith(there))


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk needed for a byte range: its number, its bytes in the file (end excluded), and the part of it that is
    wanted.
    """

    number: int
    start: int
    stop: int
    skip: int
    take: int


class Directory:
    """Finds and opens the chunks of a byte range, from the file's header and end alone."""

    def __init__(self, data_key: bytes, header: bytes, tail: bytes, recording_id: str) -> None:
        """Take at least ``header_size`` first bytes and ``tail_size`` last ones. Raises Damaged."""
        self.header, named = _header_of(header)
        if named != recording_id:
            raise Damaged("the file is another recording's.")
        self._cipher = _cipher(data_key, self.header)
        self.end = _parse_end(self._open_end(tail))
        self._starts = [0, *accumulate(self.end.lengths)]
        if self._starts[-1] != self.end.size:
            raise Damaged("the end chunk contradicts itself.")

    @staticmethod
    def header_size(recording_id: str) -> int:
        """How long a recording's header is."""
        return _START.size + len(recording_id.encode())

    @staticmethod
    def tail_size(footer: bytes) -> int:
        """How many last bytes of a file hold its end chunk, from its footer. Raises Damaged."""
        if len(footer) != _FOOTER.size:
            raise Damaged("the file is too short.")
        length, magic = _FOOTER.unpack(footer)
        if magic != _END_MAGIC or length > _MOST_CHUNKS * _LENGTH.size:
            raise Damaged("the file does not end with a footer.")
        return length + _FOOTER.size

    def _open_end(self, tail: bytes) -> bytes:
        size = self.tail_size(tail[-_FOOTER.size :])
        if len(tail) < size:
            raise Damaged("the end chunk is cut short.")
        chunk = tail[-size : -_FOOTER.size]
        head = chunk[: _CHUNK.size]
        if len(head) < _CHUNK.size or _CHUNK.unpack(head)[1] != _FINAL:
            raise Damaged("the file has no end chunk.")
        return _open(self._cipher, self.header, _END_NUMBER, head, chunk[_CHUNK.size :])

    def pieces(self, start: int, stop: int) -> Iterator[Piece]:
        """The chunks that hold plain bytes ``start`` up to ``stop``, in order."""
        overhead = _CHUNK.size + TAG_SIZE
        number = bisect_right(self._starts, start) - 1
        while start < stop and number < len(self.end.lengths):
            begins, length = self._starts[number], self.end.lengths[number]
            place = len(self.header) + begins + number * overhead
            take = min(begins + length, stop) - start
            yield Piece(number, place, place + length + overhead, start - begins, take)
            start, number = start + take, number + 1

    def open(self, piece: Piece, stored: bytes) -> bytes:
        """The wanted part of a chunk from its bytes in the file. Raises Damaged."""
        head = stored[: _CHUNK.size]
        if len(stored) != piece.stop - piece.start:
            raise Damaged(f"chunk {piece.number} is cut short.")
        content = _open(self._cipher, self.header, piece.number, head, stored[_CHUNK.size :])
        return content[piece.skip : piece.skip + piece.take]


def _header_of(file: bytes) -> tuple[bytes, str]:
    if len(file) < _START.size:
        raise Damaged("the file is too short for a header.")
    magic, version, _, length = _START.unpack_from(file)
    header = file[: _START.size + length]
    if magic != _MAGIC or version != _VERSION or length > _LONGEST_ID or len(header) < _START.size + length:
        raise Damaged("the file does not begin as a recording does.")
    try:
        return header, header[_START.size :].decode()
    except UnicodeDecodeError:
        raise Damaged("the file does not begin as a recording does.") from None


def _cipher(data_key: bytes, header: bytes) -> AESGCM:
    salt = header[6 : 6 + SALT_SIZE]
    return AESGCM(HKDF(SHA256(), 32, salt, b"shiftline recording container").derive(data_key))


def _seal(cipher: AESGCM, header: bytes, number: int, head: bytes, content: bytes) -> bytes:
    return head + cipher.encrypt(_nonce(number), content, _bound_to(header, number, head))


def _open(cipher: AESGCM, header: bytes, number: int, head: bytes, sealed: bytes) -> bytes:
    try:
        return cipher.decrypt(_nonce(number), sealed, _bound_to(header, number, head))
    except (InvalidTag, ValueError):
        name = "the end chunk" if number == _END_NUMBER else f"chunk {number}"
        raise Damaged(f"{name} is not what was written.") from None


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound_to(header: bytes, number: int, head: bytes) -> bytes:
    return header + number.to_bytes(8, "big") + head


def _parse_end(content: bytes) -> End:
    if len(content) < _END.size:
        raise Damaged("the end chunk is too short.")
    size, sha256, packets, lost, mended, chunks = _END.unpack_from(content)
    if len(content) != _END.size + chunks * _LENGTH.size:
        raise Damaged("the end chunk contradicts itself.")
    lengths = struct.unpack_from(f">{chunks}I", content, _END.size)
    return End(size, sha256, Counts(packets, lost), mended, lengths)


def _stamp(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND
