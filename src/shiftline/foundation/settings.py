"""What a process is told at its start: where its engines are and which names it answers to. Only `apps` reads it."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

_T = TypeVar("_T")
_ENVIRONMENT = re.compile(
    r"(?P<host>[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)(:(?P<port>\d{1,5}))?"
)
_HTTPS = 443
_LARGEST_PORT = 65535


class SettingInvalidError(ValueError):
    """A setting is missing or wrong; the text names it and says what is expected."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One process's settings; `listen` is the HOST:PORT it serves on, an empty `cors_origins` allows any origin."""

    environment: str
    database_url: str
    nats_url: str
    objects_url: str
    listen: str
    clock_offset: timedelta = timedelta(0)
    cors_origins: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, variables: Mapping[str, str], listen: str = "127.0.0.1:8081") -> "Settings":
        """Read the `SHIFTLINE_...` variables; `listen` is used where they name no address.

        Raises SettingInvalidError naming the variable.
        """
        read = _Reader(variables)
        return cls(
            environment=read.of("SHIFTLINE_ENVIRONMENT", parse_environment, "localhost:8443"),
            database_url=read.of("SHIFTLINE_DATABASE_URL", _url_of("postgresql", "postgres")),
            nats_url=read.of("SHIFTLINE_NATS_URL", _url_of("nats", "tls", "ws", "wss")),
            objects_url=read.of("SHIFTLINE_OBJECTS_URL", _url_of("file", "s3", "gs", "az", "abfs", "https")),
            listen=read.of("SHIFTLINE_LISTEN", parse_listen, listen),
            clock_offset=read.of("SHIFTLINE_CLOCK_OFFSET", _parse_offset, "0"),
            cors_origins=read.of("SHIFTLINE_CORS_ORIGINS", parse_origins, ""),
        )

    @property
    def host(self) -> str:
        """The bare host, without a port."""
        return self.environment.partition(":")[0]

    @property
    def api_url(self) -> str:
        """Where the REST API is reached."""
        return f"https://api.{self.environment}"

    @property
    def login_url(self) -> str:
        """Where people sign in and tokens are issued."""
        return f"https://login.{self.environment}"

    @property
    def apps_url(self) -> str:
        """Where the web app is served."""
        return f"https://apps.{self.environment}"

    @property
    def streaming_url(self) -> str:
        """Where signalling is reached."""
        return f"wss://streaming.{self.environment}"

    @property
    def listen_host(self) -> str:
        """The address to listen on."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def listen_port(self) -> int:
        """The port to listen on."""
        return int(self.listen.rpartition(":")[2])

    def __repr__(self) -> str:
        """Name what is not secret: the URLs of engines hold passwords."""
        return f"Settings(environment={self.environment!r}, listen={self.listen!r}, clock_offset={self.clock_offset!r})"


def parse_environment(text: str) -> str:
    """Return `HOST[:PORT]` in its normal form (lower case, no `:443`); raises ValueError saying what is expected."""
    found = _ENVIRONMENT.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is not HOST or HOST:PORT")
    port = int(found["port"] or _HTTPS)
    if not 0 < port <= _LARGEST_PORT:
        raise ValueError(f"{port} is no port")
    return found["host"] if port == _HTTPS else f"{found['host']}:{port}"


def parse_listen(text: str) -> str:
    """Return an address `HOST:PORT` to listen on; raises ValueError saying what is expected."""
    host, _, port = text.strip().rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LARGEST_PORT:
        raise ValueError(f"{text!r} is not HOST:PORT")
    return text.strip()


def parse_origins(text: str) -> tuple[str, ...]:
    """Return the origins of a comma-separated list, empty for any; raises ValueError saying what is expected."""
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
            raise ValueError(f"{origin!r} is not an origin such as https://apps.example.com")
    return origins


class _Reader:
    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def of(self, name: str, parse: Callable[[str], _T], default: str | None = None) -> _T:
        text = self._variables.get(name) or default
        if text is None:
            raise SettingInvalidError(f"{name} is not set")
        try:
            return parse(text)
        except ValueError as error:
            raise SettingInvalidError(f"{name}: {error}") from error


def _url_of(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        # The value is not repeated in the message: it may hold a password.
        if urlsplit(text).scheme not in schemes:
            raise ValueError(f"expected a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return text

    return parse


def _parse_offset(text: str) -> timedelta:
    seconds = float(text)
    if not math.isfinite(seconds) or abs(seconds) > timedelta.max.total_seconds():
        raise ValueError(f"{text!r} is not a number of seconds")
    return timedelta(seconds=seconds)
