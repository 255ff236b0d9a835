"""Tiles: 256 hashes of the tree at a time, as they are stored and served. Source: C2SP tlog-tiles.

The tile ``number`` of a ``level`` holds hashes of ``256 ** level`` leaves each. A hash of a level is the root of a full tile
of the level below, so that whatever is not full yet can be read from those roots, or from the leaves.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from shiftline.ledger.model import FullTile
from shiftline.ledger.rules import tree
from shiftline.ledger.rules.tree import HASH_SIZE, Range

WIDTH = 256
_HEIGHT = 8
_LARGEST_LEVEL = 63
_PATH = re.compile(r"(?P<number>(x\d{3}/)*\d{3})(\.p/(?P<width>[1-9]\d{0,2}))?")

Place: TypeAlias = tuple[int, int]
"""A tile's (level, number)."""


def hashes_at(level: int, size: int) -> int:
    """How many hashes of a level a tree of so many leaves has."""
    return size >> (_HEIGHT * level)


def width_of(place: Place, size: int) -> int:
    """How many hashes a tile has in a tree of so many leaves: 0 to 256."""
    return max(0, min(WIDTH, hashes_at(place[0], size) - place[1] * WIDTH))


def tiles_of(ranges: Iterable[Range]) -> set[Place]:
    """The tiles in which the hashes are, or the hashes that they are made of, that prove something."""
    return {_place(height, index)[0] for part in ranges for height, index in tree.subtrees_of(part)}


def edge_of(size: int) -> list[Place]:
    """The tiles of a tree that are begun and not full, lowest first: what a further leaf is hashed with."""
    found: list[Place] = []
    level = 0
    while hashes_at(level, size):
        if hashes_at(level, size) % WIDTH:
            found.append((level, hashes_at(level, size) // WIDTH))
        level += 1
    return found


class Tiles:
    """Some tiles of a tree, each with at least the hashes that it has in it; every inner node is computed once."""

    def __init__(self, tiles: Mapping[Place, bytes]) -> None:
        self._rows: dict[Place, list[list[bytes]]] = {place: [split(hashes)] for place, hashes in tiles.items()}

    def node(self, height: int, index: int) -> bytes:
        """The hash of a whole subtree. Raises KeyError when its tile is not among these, or too short."""
        place, row, offset = _place(height, index)
        rows = self._rows[place]
        while len(rows) <= row:
            below = rows[-1]
            rows.append([tree.node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
        if offset >= len(rows[row]):
            raise KeyError(place)
        return rows[row][offset]

    def prove_inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The proof that a leaf is in the tree of so many. Raises KeyError for a tile that is not here, ValueError."""
        return tuple(tree.hash_range(part, self.node) for part in tree.ranges_of_inclusion(index, size))

    def prove_consistency(self, earlier: int, later: int) -> tuple[bytes, ...]:
        """The proof that the later tree begins with the earlier. Raises KeyError for a tile that is not here, ValueError."""
        return tuple(tree.hash_range(part, self.node) for part in tree.ranges_of_consistency(earlier, later))

    def root(self, size: int) -> bytes:
        """The root of the tree of so many leaves; its edge is enough. Raises KeyError."""
        return tree.hash_range((0, size), self.node)


@dataclass(slots=True)
class Edge:
    """The right edge of a tree: all that is needed to add leaves to it, at most 255 hashes a level."""

    size: int
    rows: list[list[bytes]]

    @classmethod
    def of(cls, size: int, tiles: Mapping[Place, bytes]) -> "Edge":
        """The edge of a tree of so many leaves. Raises ValueError when the tiles are not that edge."""
        wanted = {place: width_of(place, size) * HASH_SIZE for place in edge_of(size)}
        if {place: len(hashes) for place, hashes in tiles.items()} != wanted:
            raise ValueError("these tiles are not the edge of that tree")
        rows = [[] for _ in range(1 + max((level for level, _ in tiles), default=-1))]
        for (level, _), hashes in tiles.items():
            rows[level] = split(hashes)
        return cls(size, rows)

    def add(self, leaves: Iterable[bytes]) -> list[FullTile]:
        """Add leaves' hashes; the tiles that became full, lower ones before what they became part of."""
        full: list[FullTile] = []
        for leaf in leaves:
            self.size += 1
            level, node = 0, leaf
            while self._add(level, node):
                row = self.rows[level]
                number = hashes_at(level, self.size) // WIDTH - 1
                node = tree.root_of(row)
                full.append(FullTile(level, number, b"".join(row), node))
                row.clear()
                level += 1
        return full

    def _add(self, level: int, node: bytes) -> bool:
        """Add a hash to a level; whether that makes its tile full."""
        if level == len(self.rows):
            self.rows.append([])
        self.rows[level].append(node)
        return len(self.rows[level]) == WIDTH

    def root(self) -> bytes:
        """The root of the tree."""
        tiles = {
            (level, hashes_at(level, self.size) // WIDTH): b"".join(row) for level, row in enumerate(self.rows) if row
        }
        return Tiles(tiles).root(self.size)


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def path_of(place: Place, width: int = WIDTH) -> str:
    """Where a tile of so many hashes is served, below the log's prefix: ``tile/0/x001/x234/067.p/5``."""
    return f"tile/{place[0]}/{_spell(place[1])}{'' if width == WIDTH else f'.p/{width}'}"


def bundle_path_of(number: int, width: int = WIDTH) -> str:
    """Where the entries of a tile of level 0 are served: ``tile/entries/000``."""
    return f"tile/entries/{_spell(number)}{'' if width == WIDTH else f'.p/{width}'}"


def parse_level(text: str) -> int | None:
    """The level of a tile's path, None for what is none: 0 to 63 without leading zeroes."""
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(_LARGEST_LEVEL)):
        return None
    return int(text) if text == str(int(text)) and int(text) <= _LARGEST_LEVEL else None


def parse_number(text: str) -> tuple[int, int] | None:
    """The number and width of ``x001/x234/067.p/5``, None for what is no such path."""
    found = _PATH.fullmatch(text, endpos=100)
    if found is None or not text.isascii():
        return None
    number = int(found["number"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    if _spell(number) != found["number"] or (found["width"] and width >= WIDTH):
        return None
    return number, width


def bundle(bodies: Sequence[bytes]) -> bytes:
    """Entries as they are served together, each behind its length in two bytes."""
    return b"".join(len(body).to_bytes(2, "big") + body for body in bodies)


def _spell(number: int) -> str:
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join((*(f"x{group}" for group in groups[:-1]), groups[-1]))


def _place(height: int, index: int) -> tuple[Place, int, int]:
    """The tile of a whole subtree, in which row of the tree above the tile's hashes, and which one there."""
    level, row = divmod(height, _HEIGHT)
    number = (index << row) // WIDTH
    return (level, number), row, index - ((number * WIDTH) >> row)
