"""Rate limits: a fixed window per token, told on every answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shiftline.foundation.errors import LimitReached

WINDOW = timedelta(minutes=1)
WINDOWS_KEPT = 10_000
NAMESPACE = "platform.api"
KEY = "client.credentials.token.rate.per.minute"


@dataclass(slots=True)
class Window:
    """One token's minute."""

    ends: datetime
    count: int


class RateLimits:
    """Counts requests per token (or whatever they are counted by) in this process; ``allowed`` a minute."""

    def __init__(self, allowed: int, *, key: str = KEY, namespace: str = NAMESPACE) -> None:
        self.allowed = allowed
        self._named = (key, namespace, allowed)
        self._windows: dict[bytes, Window] = {}

    def count(self, token: bytes, now: datetime) -> Mapping[str, str]:
        """Count one request; the headers that tell about it. Raises LimitReached."""
        window = self._windows.get(token)
        if window is None or window.ends <= now:
            if len(self._windows) > WINDOWS_KEPT:
                self._windows = {key: value for key, value in self._windows.items() if value.ends > now}
            window = self._windows[token] = Window(now + WINDOW, 0)
        window.count += 1
        left = window.ends - now
        if window.count > self.allowed:
            raise LimitReached(
                f"Rate limit exceeded the maximum. Retry the request in [{max(1, round(left.total_seconds()))}] seconds",
                limit=self._named,
                retry_after=left,
            )
        return {
            "inin-ratelimit-count": str(window.count),
            "inin-ratelimit-allowed": str(self.allowed),
            "inin-ratelimit-reset": str(max(0, round(left.total_seconds()))),
        }
