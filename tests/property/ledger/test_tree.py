"""The tree against a naive recursion of RFC 9162, and every single bit of every proof."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.ledger.rules import tiles, tree
from shiftline.ledger.rules.tiles import Edge, Tiles

LEAVES = [tree.leaf_hash(str(number).encode()) for number in range(70_000)]


def naive(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + naive(leaves[:half]) + naive(leaves[half:])).digest()


def naive_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*naive_path(leaves[:half], index), naive(leaves[half:])]
    return [*naive_path(leaves[half:], index - half), naive(leaves[:half])]


def naive_growth(leaves: Sequence[bytes], earlier: int, *, known: bool = True) -> list[bytes]:
    """RFC 9162, section 2.1.4.1."""
    if earlier == len(leaves):
        return [] if known else [naive(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if earlier <= half:
        return [*naive_growth(leaves[:half], earlier, known=known), naive(leaves[half:])]
    return [*naive_growth(leaves[half:], earlier - half, known=False), naive(leaves[:half])]


def flips(content: bytes) -> list[bytes]:
    found: list[bytes] = []
    for bit in range(len(content) * 8):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        found.append(bytes(flipped))
    return found


def test_known_hashes() -> None:
    """The roots that RFC 6962's own implementation tests with."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    hashes = [tree.leaf_hash(bytes.fromhex(each)) for each in inputs]
    assert [tree.root_of(hashes[: size + 1]).hex() for size in range(8)] == roots
    assert tree.root_of([]) == hashlib.sha256(b"").digest()


@given(st.integers(0, 700), st.data())
@settings(max_examples=150, deadline=None)
def test_proofs_are_those_of_the_standard(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    root = naive(leaves)
    assert tree.root_of(leaves) == root
    if not size:
        return
    index = data.draw(st.integers(0, size - 1))
    path = tree.prove_inclusion(leaves, index)
    assert list(path) == naive_path(leaves, index)
    assert tree.check_inclusion(leaves[index], index, size, path, root)
    earlier = data.draw(st.integers(1, size))
    growth = tree.prove_consistency(leaves, earlier)
    assert list(growth) == naive_growth(leaves, earlier)
    assert tree.check_consistency(earlier, size, growth, naive(leaves[:earlier]), root)


@pytest.mark.parametrize("size", range(1, 34))
def test_a_proof_is_of_one_leaf_of_one_tree(size: int) -> None:
    leaves = LEAVES[:size]
    root = naive(leaves)
    for index in range(size):
        path = tree.prove_inclusion(leaves, index)
        for other in range(size):
            assert tree.check_inclusion(leaves[other], index, size, path, root) == (other == index)
            assert tree.check_inclusion(leaves[index], other, size, path, root) == (other == index)
        for cut in range(len(path)):
            assert not tree.check_inclusion(leaves[index], index, size, path[:cut], root)
        assert not tree.check_inclusion(leaves[index], index, size, (*path, root), root)
        assert not tree.check_inclusion(leaves[index], -1, size, path, root)
        assert not tree.check_inclusion(leaves[index], size, size, path, root)
    for earlier in range(1, size + 1):
        growth, old = tree.prove_consistency(leaves, earlier), naive(leaves[:earlier])
        for other in range(size + 2):
            assert tree.check_consistency(other, size, growth, old, root) == (other == earlier)
        assert not tree.check_consistency(earlier, earlier - 1, growth, old, root)
        for cut in range(len(growth)):
            assert not tree.check_consistency(earlier, size, growth[:cut], old, root)
        assert not tree.check_consistency(earlier, size, (*growth, root), old, root)


@pytest.mark.parametrize(
    ("size", "index", "earlier"), [(1, 0, 1), (2, 1, 1), (7, 4, 6), (8, 3, 4), (13, 12, 8), (21, 16, 20)]
)
def test_every_flipped_bit_is_detected(size: int, index: int, earlier: int) -> None:
    leaves = LEAVES[:size]
    leaf, root, old = leaves[index], naive(leaves), naive(leaves[:earlier])
    path, growth = tree.prove_inclusion(leaves, index), tree.prove_consistency(leaves, earlier)
    for flipped in flips(leaf):
        assert not tree.check_inclusion(flipped, index, size, path, root)
    for flipped in flips(root):
        assert not tree.check_inclusion(leaf, index, size, path, flipped)
        assert not tree.check_consistency(earlier, size, growth, old, flipped)
    for flipped in flips(old):
        assert not tree.check_consistency(earlier, size, growth, flipped, root)
    for place in range(len(path)):
        for flipped in flips(path[place]):
            assert not tree.check_inclusion(leaf, index, size, (*path[:place], flipped, *path[place + 1 :]), root)
    for place in range(len(growth)):
        for flipped in flips(growth[place]):
            changed = (*growth[:place], flipped, *growth[place + 1 :])
            assert not tree.check_consistency(earlier, size, changed, old, root)


@given(st.lists(st.integers(0, 400), max_size=6))
@settings(max_examples=40, deadline=None)
def test_an_edge_grows_as_the_tree_does_whatever_comes_at_once(steps: list[int]) -> None:
    edge, size, full = Edge(0, []), 0, dict[tuple[int, int], bytes]()
    for step in steps:
        for tile in edge.add(LEAVES[size : size + step]):
            full[(tile.level, tile.number)] = tile.hashes
            assert tile.root == naive(tiles.split(tile.hashes))
        size += step
        assert edge.root() == naive(LEAVES[:size])
        begun = {
            (level, tiles.hashes_at(level, size) // 256): b"".join(row) for level, row in enumerate(edge.rows) if row
        }
        assert set(begun) == set(tiles.edge_of(size))
        again = Edge.of(size, begun)
        assert again.root() == edge.root()
        edge = again
    assert len(full) == sum(tiles.hashes_at(level + 1, size) for level in range(3))


@given(st.integers(1, 70_000), st.data())
@settings(max_examples=60, deadline=None)
def test_tiles_give_the_proofs_that_leaves_give(size: int, data: st.DataObject) -> None:
    index, earlier = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    parts = [*tree.ranges_of_inclusion(index, size), *tree.ranges_of_consistency(earlier, size), (0, size)]
    wanted = tiles.tiles_of(parts)
    assert len(wanted) <= 14, "a proof reads a few tiles, whatever the size"
    some = Tiles({place: ALL[place][: tiles.width_of(place, size) * 32] for place in wanted})
    root = some.root(size)
    assert tree.check_inclusion(LEAVES[index], index, size, some.prove_inclusion(index, size), root)
    growth = some.prove_consistency(earlier, size)
    assert tree.check_consistency(earlier, size, growth, tree.root_of(LEAVES[:earlier]), root)
    assert root == tree.root_of(LEAVES[:size])


def _all_tiles() -> dict[tuple[int, int], bytes]:
    edge = Edge(0, [])
    found = {(tile.level, tile.number): tile.hashes for tile in edge.add(LEAVES)}
    rows = {
        (level, tiles.hashes_at(level, edge.size) // 256): b"".join(row) for level, row in enumerate(edge.rows) if row
    }
    return {**found, **rows}


ALL = _all_tiles()


def test_widths_are_those_of_the_specifications_example() -> None:
    places = {(level, number): tiles.width_of((level, number), 70_000) for level, number in tiles.edge_of(70_000)}
    assert places == {(0, 273): 112, (1, 1): 17, (2, 0): 1}
    assert tiles.edge_of(256) == [(1, 0)]
    assert tiles.edge_of(0) == []
    assert tiles.width_of((0, 272), 70_000) == 256
    assert tiles.width_of((0, 274), 70_000) == 0


def test_paths_are_those_of_the_specification() -> None:
    assert tiles.path_of((1, 1_234_067)) == "tile/1/x001/x234/067"
    assert tiles.path_of((0, 273), 112) == "tile/0/273.p/112"
    assert tiles.bundle_path_of(1000) == "tile/entries/x001/000"
    for number in (0, 5, 999, 1000, 1_234_067):
        for width in (1, 255, 256):
            path = tiles.path_of((0, number), width).removeprefix("tile/0/")
            assert tiles.parse_number(path) == (number, width)
    wrong = (
        "",
        "1",
        "0000",
        "x000/001",
        "001/002",
        "x001",
        "001.p/0",
        "001.p/256",
        "001.p/01",
        "001.p/",
        "001/",
        "\u0661\u0661\u0661",
        "001.p/2\n",
    )
    assert [tiles.parse_number(each) for each in wrong] == [None] * len(wrong)
    assert [tiles.parse_level(each) for each in ("0", "63", "64", "00", "-1", "x", "", "\u0661")] == [
        0,
        63,
        *[None] * 6,
    ]


def test_an_edge_of_other_tiles_is_refused() -> None:
    for found in (
        {},
        {(0, 0): LEAVES[0]},
        {(0, 0): b"".join(LEAVES[:3]), (1, 0): LEAVES[0]},
        {(0, 1): b"".join(LEAVES[:3])},
    ):
        with pytest.raises(ValueError, match="edge"):
            Edge.of(3, found)
