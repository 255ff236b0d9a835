"""The application's clock: real time, moved by a fixed offset when an incident is replayed at its own time."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells ``now``. Leases, tokens and TLS use ``real_now``; everything of the field uses ``now``."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The application's instant, aware, in UTC."""
        return self.real_now() + self.offset

    def real_now(self) -> datetime:
        """The machine's instant, aware, in UTC."""
        return datetime.now(UTC)


class StandingClock(Clock):
    """A clock that stands at an instant of the application's time: for what is tried as of then. Real time goes on."""

    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self._instant = instant

    def now(self) -> datetime:
        """The instant."""
        return self._instant
