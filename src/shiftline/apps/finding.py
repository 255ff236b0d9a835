"""What a look at an installation finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at, and whether it is as it should be."""

    holds: bool
    sentence: str
