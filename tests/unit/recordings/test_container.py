"""A file of sound: whatever is done to it shows, and what a crash leaves is exactly its whole chunks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.recordings.container import (
    FOOTER_SIZE,
    LARGEST_CHUNK,
    Counts,
    Damaged,
    Directory,
    Writer,
    read_recording_id,
    read_strict,
    read_tolerant,
)

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
ID = "recording-1"
START = datetime(2023, 10, 27, 11, 0, tzinfo=UTC)
COUNTS = Counts(150, 3)

chunks = st.lists(st.binary(min_size=1, max_size=60), max_size=6)


def write(sounds: list[bytes], key: bytes = KEY, recording_id: str = ID) -> list[bytes]:
    """Header, chunks, and the end, each a part."""
    writer = Writer(key, recording_id)
    parts = [writer.chunk(sound, START + timedelta(seconds=index)) for index, sound in enumerate(sounds)]
    return [writer.header, *parts, writer.end(COUNTS)]


def boundaries(parts: list[bytes]) -> list[int]:
    return [sum(len(part) for part in parts[: index + 1]) for index in range(len(parts))]


@given(chunks)
def test_what_was_written_is_read(sounds: list[bytes]) -> None:
    content = read_strict(KEY, b"".join(write(sounds)), ID)
    assert content.sound == b"".join(sounds)
    assert content.end is not None
    assert (content.end.size, content.end.counts, content.end.mended) == (len(content.sound), COUNTS, False)
    assert content.last_at == (START + timedelta(seconds=len(sounds) - 1) if sounds else None)


@settings(max_examples=300)
@given(chunks, st.data())
def test_every_flipped_bit_is_detected(sounds: list[bytes], data: st.DataObject) -> None:
    file = bytearray(b"".join(write(sounds)))
    bit = data.draw(st.integers(0, 8 * len(file) - 1))
    file[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Damaged):
        read_strict(KEY, bytes(file), ID)


def test_all_flipped_bits_of_a_file_are_detected() -> None:
    whole = b"".join(write([b"one", b"second"]))
    for bit in range(8 * len(whole)):
        file = bytearray(whole)
        file[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Damaged):
            read_strict(KEY, bytes(file), ID)


@given(chunks, st.data())
def test_every_truncation_is_detected_and_leaves_exactly_the_whole_chunks(
    sounds: list[bytes], data: st.DataObject
) -> None:
    parts = write(sounds)
    file = b"".join(parts)
    size = data.draw(st.integers(0, len(file) - 1))
    with pytest.raises(Damaged) as refused:
        read_strict(KEY, file[:size], ID)
    if size < len(parts[0]):
        assert not refused.value.cut  # not even a header: nothing is known of it
        return
    content = read_tolerant(KEY, file[:size], ID)
    whole = sum(1 for boundary in boundaries(parts)[1:-1] if boundary <= size)
    assert content.sound == b"".join(sounds[:whole])
    assert (content.chunks, content.end, content.cut) == (whole, None, True)
    assert content.problem is not None
    assert content.last_at == (START + timedelta(seconds=whole - 1) if whole else None)


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=2, max_size=6), st.data())
def test_moved_missing_and_doubled_chunks_are_detected(sounds: list[bytes], data: st.DataObject) -> None:
    header, *parts, end = write(sounds)
    first, second = data.draw(st.permutations(range(len(parts))))[:2]
    swapped = list(parts)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    doubled, without = [*parts[: first + 1], *parts[first:]], [*parts[:first], *parts[first + 1 :]]
    for wrong in (swapped, doubled, without, []):
        with pytest.raises(Damaged):
            read_strict(KEY, b"".join([header, *wrong, end]), ID)


@given(chunks, st.binary(min_size=1, max_size=80))
def test_what_stands_after_the_end_is_detected(sounds: list[bytes], more: bytes) -> None:
    with pytest.raises(Damaged):
        read_strict(KEY, b"".join(write(sounds)) + more, ID)


def test_a_flipped_bit_further_on_leaves_what_came_before_and_is_told_from_a_cut() -> None:
    parts = write([b"one", b"two", b"three"])
    file = bytearray(b"".join(parts))
    file[boundaries(parts)[1] + 20] ^= 1
    content = read_tolerant(KEY, bytes(file), ID)
    assert (content.sound, content.chunks, content.cut) == (b"one", 1, False)
    assert content.problem == "chunk 1 is not what was written."


def test_a_file_belongs_to_its_recording_and_key() -> None:
    file = b"".join(write([b"sound"]))
    assert read_recording_id(file) == ID
    with pytest.raises(Damaged, match="another recording"):
        read_strict(KEY, file, "recording-2")
    with pytest.raises(Damaged, match="chunk 0"):
        read_strict(OTHER_KEY, file, ID)
    renamed = file.replace(b"recording-1", b"recording-2")
    with pytest.raises(Damaged, match="chunk 0"):
        read_strict(KEY, renamed, "recording-2")


def test_an_end_of_another_file_is_no_end() -> None:
    one, other = write([b"same sound"]), write([b"same sound"])
    with pytest.raises(Damaged):
        read_strict(KEY, one[0] + one[1] + other[2], ID)


def test_two_files_of_one_recording_share_no_encryption() -> None:
    one, other = write([b"same sound"]), write([b"same sound"])
    assert one[0] != other[0]
    assert one[1][13:] != other[1][13:]


def test_the_sound_is_not_in_the_file() -> None:
    assert b"a secret sentence" not in b"".join(write([b"a secret sentence"]))


@pytest.mark.parametrize("size", [0, LARGEST_CHUNK + 1])
def test_a_chunk_has_a_size(size: int) -> None:
    with pytest.raises(ValueError, match="a chunk holds"):
        Writer(KEY, ID).chunk(bytes(size), START)


@given(st.binary(max_size=200))
def test_what_is_no_file_is_refused(noise: bytes) -> None:
    with pytest.raises(Damaged):
        read_tolerant(KEY, noise, ID)
    with pytest.raises(Damaged):
        Directory(KEY, noise, noise, ID)


# By parts


def open_directory(file: bytes) -> Directory:
    tail_size = Directory.tail_size(file[-FOOTER_SIZE:])
    return Directory(KEY, file[: Directory.header_size(ID)], file[-tail_size:], ID)


def read_part(file: bytes, start: int, stop: int) -> tuple[bytes, int]:
    """The plain bytes of a range, and how many stored bytes had to be read for it."""
    directory = open_directory(file)
    pieces = list(directory.pieces(start, stop))
    read = sum(piece.stop - piece.start for piece in pieces)
    return b"".join(directory.open(piece, file[piece.start : piece.stop]) for piece in pieces), read


@given(chunks, st.data())
def test_any_range_is_read_by_its_own_chunks_alone(sounds: list[bytes], data: st.DataObject) -> None:
    file, sound = b"".join(write(sounds)), b"".join(sounds)
    start = data.draw(st.integers(0, len(sound)))
    stop = data.draw(st.integers(start, len(sound)))
    assert read_part(file, start, stop)[0] == sound[start:stop]


def test_a_small_range_of_a_long_file_reads_one_chunk() -> None:
    file = b"".join(write([bytes([index]) * 1000 for index in range(50)]))
    part, read = read_part(file, 25_500, 25_510)
    assert (part, read) == (bytes([25]) * 10, 1000 + 29)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4), st.data())
def test_a_flipped_bit_shows_in_the_range_that_it_is_in(sounds: list[bytes], data: st.DataObject) -> None:
    file = bytearray(b"".join(write(sounds)))
    bit = data.draw(st.integers(0, 8 * len(file) - 1))
    file[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Damaged):
        read_part(bytes(file), 0, len(b"".join(sounds)))
