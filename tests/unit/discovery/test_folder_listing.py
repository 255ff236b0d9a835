"""A folder's list is compared with the rows, so its order and its completeness are the point."""

from pathlib import Path

from shiftline.discovery.exports.destinations.folders import FolderStore


async def test_a_folder_lists_all_files_in_the_order_of_their_bytes(tmp_path: Path) -> None:
    paths = [f"data/{part}/{number:04d}.json" for part in ("a", "a-b", "a.c", "aé") for number in range(700)]
    paths += ["data.txt", "data/a0", "z/ü"]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    found = [each async for each in FolderStore(tmp_path, tmp_path / "none").listing()]
    assert [each.path for each in found] == sorted(paths, key=str.encode)
    assert all(each.size == len(each.path.encode()) for each in found)
