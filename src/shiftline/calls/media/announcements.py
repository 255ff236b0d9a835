"""What is said to a caller who waits, and what is played: the names of prompts, which are in ``prompts/manifest.json``."""

from datetime import timedelta

RINGBACK = "ringback"
HOLD_MUSIC = "hold-music"
BEEP = "beep"
CONNECTING = "connecting"
NOT_CONNECTED = "not-connected"
RECORDED = "recorded"

LAST_PLACE = 20
"""The last place in a queue that is named; of those behind it is said that there are more."""
MINUTES = (1, 2, 3, 4, 5, 10, 15, 20, 30)
"""The waits that can be named."""
LONGEST = timedelta(minutes=35)


def announce(position: int | None, wait: timedelta | None) -> tuple[str, ...]:
    """The prompts, in order, for a caller at ``position`` (1 is next) who is expected to wait so long; None: not known.

    Raises ValueError for a position below 1.
    """
    return ("thank-you", *_place(position), *_wait(wait))


def _place(position: int | None) -> tuple[str, ...]:
    if position is None:
        return ()
    if position < 1:
        raise ValueError(f"nobody is number {position} in a line")
    if position > LAST_PLACE:
        return ("more-than-twenty",)
    return ("caller-number", f"number-{position}", "in-line")


def _wait(wait: timedelta | None) -> tuple[str, ...]:
    if wait is None:
        return ()
    minutes = wait / timedelta(minutes=1)
    if minutes < 1:
        return ("expected-wait", "less-than-one-minute")
    if wait > LONGEST:
        return ("expected-wait", "more-than-thirty-minutes")
    # The nearest, and of two as near the longer: who is connected early does not mind.
    nearest = min(MINUTES, key=lambda each: (abs(each - minutes), -each))
    return ("expected-wait", f"minutes-{nearest}")
