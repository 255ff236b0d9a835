"""The sheet that stands for a document in image tools: it was produced natively. A TIFF of one bit, written by hand, so that
no library decides its bytes. Source: TIFF 6.0.
"""

import struct
from functools import cache

WORDS = "PRODUCED NATIVELY"
_WIDTH, _HEIGHT, _DOT = 1704, 2200, 20
"""Letter size at 200 dots an inch; a letter's dots are squares."""

# Five rows of three dots each, from above.
_LETTERS = {
    "A": (2, 5, 7, 5, 5),
    "C": (7, 4, 4, 4, 7),
    "D": (6, 5, 5, 5, 6),
    "E": (7, 4, 6, 4, 7),
    "I": (7, 2, 2, 2, 7),
    "L": (4, 4, 4, 4, 7),
    "N": (5, 7, 7, 7, 5),
    "O": (7, 5, 5, 5, 7),
    "P": (7, 5, 7, 4, 4),
    "R": (7, 5, 6, 5, 5),
    "T": (7, 2, 2, 2, 2),
    "U": (5, 5, 5, 5, 7),
    "V": (5, 5, 5, 5, 2),
    "Y": (5, 5, 2, 2, 2),
    " ": (0, 0, 0, 0, 0),
}
_SHORT, _LONG = 3, 4
_PACKED = 32773
_LONGEST_RUN = 128


def slip_sheet() -> bytes:
    """The sheet."""
    strip = b"".join(_pack(row) for row in _rows())
    fields = (
        (256, _LONG, _WIDTH),
        (257, _LONG, _HEIGHT),
        (258, _SHORT, 1),
        (259, _SHORT, _PACKED),
        (262, _SHORT, 0),  # 0 is white
        (273, _LONG, 8),
        (277, _SHORT, 1),
        (278, _LONG, _HEIGHT),
        (279, _LONG, len(strip)),
    )
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields)
    directory = struct.pack("<H", len(fields)) + entries + bytes(4)
    padded = strip + bytes(len(strip) % 2)
    return struct.pack("<2sHI", b"II", 42, 8 + len(padded)) + padded + directory


def _rows() -> list[bytes]:
    rows = [bytes(_WIDTH // 8)] * _HEIGHT
    left = (_WIDTH - len(WORDS) * 4 * _DOT) // 2
    for line in range(5):
        dots = "".join(f"{_LETTERS[letter][line]:03b}0" for letter in WORDS)
        bits = "0" * left + "".join(dot * _DOT for dot in dots)
        row = int(bits.ljust(_WIDTH, "0"), 2).to_bytes(_WIDTH // 8, "big")
        top = 1000 + line * _DOT
        rows[top : top + _DOT] = [row] * _DOT
    return rows


@cache
def _pack(row: bytes) -> bytes:
    """A row by PackBits: runs of one byte as two."""
    packed = bytearray()
    place = 0
    while place < len(row):
        run = 1
        while run < _LONGEST_RUN and place + run < len(row) and row[place + run] == row[place]:
            run += 1
        packed += bytes((257 - run if run > 1 else 0, row[place]))
        place += run
    return bytes(packed)
