"""Objects on a folder: whole and in parts, from a file, and what is not there."""

from pathlib import Path

import pytest

from shiftline.foundation.errors import Unavailable
from shiftline.foundation.objects import Objects

KEY = "recordings/org:1@example.test/r-1/abc"


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects((tmp_path / "with space").as_uri())


async def test_a_file_becomes_an_object(objects: Objects, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"hello world")
    await objects.put_file(KEY, file)
    assert await objects.get(KEY) == b"hello world"
    assert await objects.size(KEY) == 11
    file.write_bytes(b"another")
    await objects.put_file(KEY, file)
    assert await objects.get(KEY) == b"another"


async def test_a_large_file_becomes_an_object_in_parts(objects: Objects, tmp_path: Path) -> None:
    file, content = tmp_path / "file", bytes(range(256)) * 50_000
    file.write_bytes(content)
    await objects.put_file(KEY, file)
    assert await objects.get(KEY) == content
    assert await objects.get_range(KEY, 6_000_000, 6_000_010) == content[6_000_000:6_000_010]


async def test_parts_end_with_the_object(objects: Objects) -> None:
    await objects.put(KEY, b"hello world")
    assert await objects.get_range(KEY, 3, 5) == b"lo"
    assert await objects.get_range(KEY, 8, 500) == b"rld"


async def test_what_is_not_there_is_none(objects: Objects) -> None:
    assert await objects.get(KEY) is None
    assert await objects.get_range(KEY, 0, 5) is None
    assert await objects.size(KEY) is None
    await objects.delete(KEY)


async def test_a_range_beyond_the_object_is_told(objects: Objects) -> None:
    await objects.put(KEY, b"hello")
    with pytest.raises(Unavailable):
        await objects.get_range(KEY, 80, 90)


async def test_a_file_that_is_gone_is_told(objects: Objects, tmp_path: Path) -> None:
    with pytest.raises((Unavailable, FileNotFoundError)):
        await objects.put_file(KEY, tmp_path / "nothing")
