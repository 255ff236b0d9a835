"""Session descriptions from outside, looked at before anything is written."""

from shiftline.calls.errors import DescriptionInvalid
from shiftline.calls.media.model import SdpRefused
from shiftline.calls.media.sdp.reading import read_answer, read_offer
from shiftline.calls.model import LARGEST_FRAGMENT, LARGEST_SDP


def check_offer(sdp: str) -> None:
    """Raises DescriptionInvalid for an offer that cannot be answered."""
    _check_size(sdp)
    try:
        read_offer(sdp)
    except SdpRefused as refusal:
        raise DescriptionInvalid(str(refusal)) from refusal


def check_answer(sdp: str) -> None:
    """Raises DescriptionInvalid for an answer that no leg can use."""
    _check_size(sdp)
    try:
        read_answer(sdp)
    except SdpRefused as refusal:
        raise DescriptionInvalid(str(refusal)) from refusal


def check_fragments(fragments: tuple[str, ...]) -> None:
    """Raises DescriptionInvalid for a candidate that is too long to be one."""
    if any(len(fragment) > LARGEST_FRAGMENT for fragment in fragments):
        raise DescriptionInvalid(f"A candidate has at most {LARGEST_FRAGMENT} characters.", "candidate")


def _check_size(sdp: str) -> None:
    if len(sdp) > LARGEST_SDP:
        raise DescriptionInvalid(f"A session description has at most {LARGEST_SDP} characters; this has {len(sdp)}.")
