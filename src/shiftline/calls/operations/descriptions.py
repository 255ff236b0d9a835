"""Session descriptions from outside, looked at before anything is written."""

from shiftline.calls.errors import DescriptionInvalid
from shiftline.calls.media.model import SdpRefused
from shiftline.calls.media.sdp.reading import read_answer, read_offer
from shiftline.calls.model import LARGEST_FRAGMENT, LARGEST_SDP


def check_offer(sdp: str) -> None:
    """Raises DescriptionInvalid for an offer that cannot be answered."""
    _check(sdp)
    try:
        read_offer(sdp)
    except SdpRefused as refusal:
        raise DescriptionInvalid(str(refusal)) from refusal


def check_answer(sdp: str) -> None:
    """Raises DescriptionInvalid for an answer that no leg can use."""
    _check(sdp)
    try:
        read_answer(sdp)
    except SdpRefused as refusal:
        raise DescriptionInvalid(str(refusal)) from refusal


def check_fragments(fragments: tuple[str, ...]) -> None:
    """Raises DescriptionInvalid for what is too long to be a candidate, or no text."""
    if any(len(fragment) > LARGEST_FRAGMENT for fragment in fragments):
        raise DescriptionInvalid(f"A candidate has at most {LARGEST_FRAGMENT} characters.", "candidate")
    if any(not _is_text(fragment) for fragment in fragments):
        raise DescriptionInvalid("A candidate holds a NUL character, or half of a character.", "candidate")


def _is_text(given: str) -> bool:
    """Whether PostgreSQL can hold it."""
    return "\0" not in given and not any("\ud800" <= each <= "\udfff" for each in given)


def _check(sdp: str) -> None:
    if len(sdp) > LARGEST_SDP:
        raise DescriptionInvalid(f"A session description has at most {LARGEST_SDP} characters; this has {len(sdp)}.")
    if not _is_text(sdp):
        raise DescriptionInvalid("The session description holds a NUL character, or half of a character.")
