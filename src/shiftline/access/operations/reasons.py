"""The pages of the codes: what a reason means, how it comes about, what lifts it. They are files of the documentation.

They stand in ``docs/why/`` of a checkout, or beside the package in an installed one (``hatch_build.py`` puts them there).
"""

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from shiftline.access.errors import ReasonNotFound
from shiftline.access.model.reasons import ReasonPage

_HERE = Path(__file__).resolve()
_NEAR = 5
PACKAGED = "docs_why"
"""The folder beside the package, see ``hatch_build.py``."""


def folder() -> Path:
    """Where the pages stand. Raises FileNotFoundError when the installation is incomplete."""
    for candidate in (_HERE.parents[4] / "docs" / "why", _HERE.parents[2] / PACKAGED):
        if candidate.is_dir() and any(candidate.glob("*.md")):
            return candidate
    raise FileNotFoundError("the pages of the reasons are missing from this installation")


@cache
def read_pages() -> dict[str, ReasonPage]:
    """Every page by its code, read once."""
    pages: dict[str, ReasonPage] = {}
    for file in sorted(folder().glob("*.md")):
        text = file.read_text(encoding="utf-8")
        title, _, effect = text.splitlines()[:3]
        pages[file.stem] = ReasonPage(file.stem, title.removeprefix("# "), effect.partition(": ")[2], text)
    return pages


def list_reasons(words: str = "") -> list[ReasonPage]:
    """The pages that have all of some words anywhere in them, by code; all pages where there are no words."""
    wanted = words.casefold().split()
    return [each for each in read_pages().values() if all(word in each.text.casefold() for word in wanted)]


def get_reason(code: str) -> ReasonPage:
    """The page of a code. Raises ReasonNotFound, which names the codes that are like it."""
    pages = read_pages()
    if code not in pages:
        lowered = {each.lower(): each for each in pages}
        near = get_close_matches(code.lower(), lowered, n=_NEAR, cutoff=0.6)
        same_kind = [each for each in pages if each.partition(".")[0] == code.partition(".")[0]]
        raise ReasonNotFound(code, [lowered[each] for each in near] or same_kind)
    return pages[code]
