"""What this room refuses."""

from collections.abc import Sequence

from shiftline.foundation.errors import Invalid, NotFound, Problem
from shiftline.signalling.channels.model import Subscription


class ChannelNotFound(NotFound):
    """No such channel, or another token's."""

    def __init__(self, channel_id: str) -> None:
        super().__init__("channel", channel_id)


class TopicsRejected(Invalid):
    """Some of the wished topics may not be subscribed to; none was."""

    def __init__(self, rejected: Sequence[tuple[int, Subscription]]) -> None:
        super().__init__(*(Problem(f"[{index}].id", f"{each.topic}: {each.reason}") for index, each in rejected))
