"""What is written about a code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasonPage:
    """The page of a code; ``text`` is all of it, in Markdown."""

    code: str
    title: str
    text: str
