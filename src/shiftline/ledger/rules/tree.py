"""The Merkle tree of a log: its hashes, and the proofs that a leaf is in it and that it begins with an earlier one.

A proof is a list of hashes of ranges of leaves; which ranges they are is said here, once, for proofs from leaves in memory
and from tiles alike. Source: RFC 9162, section 2.1 (the same tree as RFC 6962).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Range: TypeAlias = tuple[int, int]
"""Leaves from, up to and without."""

_sha256 = hashlib.sha256


def leaf_hash(body: bytes) -> bytes:
    """The hash of a leaf by its content."""
    return _sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return _sha256(b"\x01" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves' hashes, in memory that grows with the logarithm of their number."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            height, node = height + 1, node_hash(stack.pop()[1], node)
        stack.append((height, node))
    return fold([node for _, node in stack]) if stack else EMPTY_ROOT


def fold(nodes: Sequence[bytes]) -> bytes:
    """The hash over subtrees side by side, each larger than all to its right together."""
    result = nodes[-1]
    for node in reversed(nodes[:-1]):
        result = node_hash(node, result)
    return result


def subtrees_of(part: Range) -> list[tuple[int, int]]:
    """The whole subtrees that a proof's range consists of, as (height, index among those of that height)."""
    found: list[tuple[int, int]] = []
    start, stop = part
    while start < stop:
        height = (stop - start).bit_length() - 1
        found.append((height, start >> height))
        start += 1 << height
    return found


def ranges_of_inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that a leaf is in a tree, from the leaf up. Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    found: list[Range] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            found.append((middle, stop))
            stop = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def ranges_of_consistency(earlier: int, later: int) -> list[Range]:
    """The ranges whose hashes prove that a tree begins with an earlier one. Raises ValueError."""
    if not 0 < earlier <= later:
        raise ValueError(f"a tree of {later} leaves does not begin with one of {earlier}")
    found: list[Range] = []
    start, stop = 0, later
    while earlier != stop:
        middle = start + _split(stop - start)
        if earlier <= middle:
            found.append((middle, stop))
            stop = middle
        else:
            found.append((start, middle))
            start = middle
    if start:
        found.append((start, stop))
    return found[::-1]


def prove_inclusion(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The proof that a leaf is in the tree over leaves' hashes."""
    return tuple(root_of(leaves[start:stop]) for start, stop in ranges_of_inclusion(index, len(leaves)))


def prove_consistency(leaves: Sequence[bytes], earlier: int) -> tuple[bytes, ...]:
    """The proof that the tree over leaves' hashes begins with that of the first ``earlier``."""
    return tuple(root_of(leaves[start:stop]) for start, stop in ranges_of_consistency(earlier, len(leaves)))


def check_inclusion(leaf: bytes, index: int, size: int, hashes: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf's hash is the leaf ``index`` under a root. Source: RFC 9162, 2.1.3.2."""
    if not 0 <= index < size or not _are_hashes((leaf, root, *hashes)):
        return False
    turns = _turns(index, size - 1, len(hashes))
    if turns is None:
        return False
    node = leaf
    for sibling, is_left in zip(hashes, turns, strict=True):
        node = node_hash(sibling, node) if is_left else node_hash(node, sibling)
    return node == root


def check_consistency(
    earlier: int, later: int, hashes: Sequence[bytes], earlier_root: bytes, later_root: bytes
) -> bool:
    """Whether a proof shows that the tree under a root begins with the one under another. Source: RFC 9162, 2.1.4.2."""
    if not 0 < earlier <= later or not _are_hashes((earlier_root, later_root, *hashes)):
        return False
    if earlier == later:
        return not hashes and earlier_root == later_root
    # A whole subtree is its own hash, which whoever checks knows.
    path = [earlier_root, *hashes] if earlier & (earlier - 1) == 0 else list(hashes)
    shared = (earlier & -earlier).bit_length() - 1
    turns = _turns((earlier - 1) >> shared, (later - 1) >> shared, len(path) - 1)
    if turns is None:
        return False
    old = new = path[0]
    for sibling, is_left in zip(path[1:], turns, strict=True):
        old = node_hash(sibling, old) if is_left else old
        new = node_hash(sibling, new) if is_left else node_hash(new, sibling)
    return (old, new) == (earlier_root, later_root)


def _turns(place: int, last: int, count: int) -> list[bool] | None:
    """Whether each of so many siblings on the way up stands left; None when the way is not that long."""
    turns: list[bool] = []
    for _ in range(count):
        if last == 0:
            return None
        is_left = bool(place & 1) or place == last
        turns.append(is_left)
        while is_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return turns if last == 0 and count >= 0 else None


def hash_range(part: Range, node: Callable[[int, int], bytes]) -> bytes:
    """The hash of a proof's range, by what gives the hash of a whole subtree (height, index); of none, the empty root."""
    nodes = [node(height, index) for height, index in subtrees_of(part)]
    return fold(nodes) if nodes else EMPTY_ROOT


def _split(size: int) -> int:
    """The largest power of two smaller than a size of at least two."""
    return 1 << ((size - 1).bit_length() - 1)


def _are_hashes(hashes: Iterable[bytes]) -> bool:
    return all(len(each) == HASH_SIZE for each in hashes)
