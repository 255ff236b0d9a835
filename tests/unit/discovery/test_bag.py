"""The bag's own files. Source: RFC 8493."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftline.discovery import bag
from shiftline.discovery.bag import BagError

SHA = "0" * 64


@given(st.text(min_size=1).filter(lambda path: not bag.is_unsafe(path) and not path[0].isspace()))
def test_a_line_reads_as_it_was_written(path: str) -> None:
    line = bag.manifest_line(path, SHA)
    assert line.count("\n") == 1
    assert bag.parse_line(line[:-1]) == (path, SHA)


@pytest.mark.parametrize(
    "line", ["", SHA, f"{SHA} data/x", f"{SHA.replace('0', 'A')}  data/x", f"{SHA[:-1]}  data/x", f"{SHA}  "]
)
def test_what_is_no_line_is_refused(line: str) -> None:
    with pytest.raises(BagError):
        bag.parse_line(line)


@pytest.mark.parametrize("path", ["../x", "data/../x", "/x", "data/", "data/./x", "", "a\\b", "a\x00b"])
def test_a_path_that_leads_out_is_unsafe(path: str) -> None:
    assert bag.is_unsafe(path)


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))), st.integers(1, 9))
def test_lines_in_pieces_are_the_lines(lines: list[str], size: int) -> None:
    content = "".join(f"{line}\n" for line in lines).encode()
    pieces = [content[place : place + size] for place in range(0, len(content), size)]
    assert list(bag.lines_of(pieces)) == lines


def test_a_text_without_an_end_and_a_line_without_an_end_are_refused() -> None:
    with pytest.raises(BagError, match="cut short"):
        list(bag.lines_of([b"a\nb"]))
    with pytest.raises(BagError, match="longer than"):
        list(bag.lines_of([b"a" * 10] * 10, longest=50))
    with pytest.raises(BagError, match="UTF-8"):
        list(bag.lines_of([b"\xff\n"]))


def test_tags_read_as_they_were_written_and_each_stands_once() -> None:
    content = bag.tags([("Contact-Name", "Ana\nAgent"), ("Frozen-At", "x: y")])
    assert bag.parse_tags(content) == {"Contact-Name": "Ana Agent", "Frozen-At": "x: y"}
    with pytest.raises(BagError):
        bag.parse_tags(content + b"Frozen-At: z\n")
