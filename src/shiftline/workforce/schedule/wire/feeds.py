"""Calendar subscriptions on the wire."""

from datetime import datetime

from shiftline.foundation.web.wire import Wire


class FeedState(Wire):
    """Whether the caller's calendar has an address, and since when."""

    active: bool
    date_created: datetime | None = None


class NewFeedAnswer(Wire):
    """A calendar's secret address: whoever has it reads the shifts. It is told this once."""

    url: str
    date_created: datetime
