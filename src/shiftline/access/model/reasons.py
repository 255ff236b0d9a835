"""What is written about a code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasonPage:
    """The page of a code; ``text`` is all of it, in Markdown. ``effect``: what a decision makes of it, and of which action."""

    code: str
    title: str
    effect: str
    text: str
