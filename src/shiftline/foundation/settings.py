"""What a process is told at its start: where its engines are and which names it answers to. Only `apps` reads it."""

import ipaddress
import math
import re
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

_T = TypeVar("_T")
_ENVIRONMENT = re.compile(
    r"(?P<host>[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)(:(?P<port>\d{1,5}))?"
)
_ICE_URL = re.compile(
    r"(?P<scheme>stun|stuns|turn|turns):(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>\d{1,5}))?"
    r"(\?transport=(?P<transport>udp|tcp))?"
)
_SLOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
_HTTPS = 443
_LARGEST_PORT = 65535
MOST_MEDIA_PROCESSES = 64
LONGEST_PATIENCE = 10


class SettingInvalidError(ValueError):
    """A setting is missing or wrong; the text names it and says what is expected."""


class CallSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What calls need to be told; every program may run without.

    `recording_keys` is the file of the key-encryption keys, `ledger_keys` that of the keys that sign what happens to
    recordings, `spool` the folder of recordings that are being written.
    Media listens on `media_addresses` (none: all of this machine's, loopback among them) at the UDP ports `media_ports`,
    lowest and highest (None: any), and tells callers `media_advertised` as well, the address by which a router forwards
    to it. `media_processes` 0 means one for each core; `media_slot` is the name of one of them, the same at every start.
    """

    recording_keys: Path | None = None
    ledger_keys: Path | None = None
    spool: Path | None = None
    media_addresses: tuple[str, ...] = ()
    media_advertised: str = ""
    media_ports: tuple[int, int] | None = None
    media_processes: int = 0
    media_slot: str = "media"
    stun_url: str = ""
    turn_url: str = ""
    turn_secret: str = ""

    @classmethod
    def of_calls(cls, variables: Mapping[str, str]) -> "CallSettings":
        """Read the `SHIFTLINE_...` variables of calls alone. Raises SettingInvalidError naming the variable."""
        read = _Reader(variables)
        turn_url = read.of("SHIFTLINE_TURN_URL", _parse_optional(_ice_url_of("turn", "turns")), "")
        return CallSettings(
            recording_keys=read.of("SHIFTLINE_RECORDING_KEYS", _parse_path, ""),
            ledger_keys=read.of("SHIFTLINE_LEDGER_KEYS", _parse_path, ""),
            spool=read.of("SHIFTLINE_SPOOL", _parse_path, ""),
            media_addresses=read.of("SHIFTLINE_MEDIA_ADDRESSES", _parse_addresses, ""),
            media_advertised=read.of("SHIFTLINE_MEDIA_ADVERTISED", _parse_optional(_parse_address), ""),
            media_ports=read.of("SHIFTLINE_MEDIA_PORTS", _parse_ports, ""),
            media_processes=read.of("SHIFTLINE_MEDIA_PROCESSES", _parse_processes, "0"),
            media_slot=read.of("SHIFTLINE_MEDIA_SLOT", _parse_slot, "media"),
            stun_url=read.of("SHIFTLINE_STUN_URL", _parse_optional(_ice_url_of("stun", "stuns")), ""),
            turn_url=turn_url,
            # Without a relay there is nothing that a secret is for; with one, credentials cannot be made without it.
            turn_secret=read.of("SHIFTLINE_TURN_SECRET", str, None if turn_url else ""),
        )

    def __repr__(self) -> str:
        """Name what is not secret."""
        shown = (f"{name}={value!r}" for name, value in msgspec.structs.asdict(self).items() if name != "turn_secret")
        return f"{type(self).__name__}({', '.join(shown)})"


class ExportSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where legal exports go, and who tells their time; what is empty is not set.

    Packages go below `folder`, or below `bucket` (s3://BUCKET/PREFIX) at `s3_endpoint` (empty: Amazon's).
    `timestamp_authority` is the URL of an RFC 3161 authority, `timestamp_roots` a file of the certificates it is trusted by.
    """

    folder: Path | None = None
    bucket: str = ""
    s3_endpoint: str = ""
    s3_region: str = ""
    s3_key_id: str = ""
    s3_secret: str = ""
    timestamp_authority: str = ""
    timestamp_roots: Path | None = None

    @classmethod
    def of_exports(cls, variables: Mapping[str, str]) -> "ExportSettings":
        """Read the `SHIFTLINE_EXPORT_...` variables. Raises SettingInvalidError naming the variable."""
        read = _Reader(variables)
        authority = read.of("SHIFTLINE_TIMESTAMP_AUTHORITY", _parse_optional(_url_of("http", "https")), "")
        return cls(
            folder=read.of("SHIFTLINE_EXPORT_FOLDER", _parse_path, ""),
            bucket=read.of("SHIFTLINE_EXPORT_BUCKET", _parse_optional(_url_of("s3")), ""),
            s3_endpoint=read.of("SHIFTLINE_EXPORT_S3_ENDPOINT", _parse_optional(_url_of("http", "https")), ""),
            s3_region=read.of("SHIFTLINE_EXPORT_S3_REGION", str, ""),
            s3_key_id=read.of("SHIFTLINE_EXPORT_S3_KEY_ID", str, ""),
            s3_secret=read.of("SHIFTLINE_EXPORT_S3_SECRET", str, ""),
            timestamp_authority=authority,
            # A token that is checked by nothing proves nothing.
            timestamp_roots=read.of("SHIFTLINE_TIMESTAMP_ROOTS", _parse_path, None if authority else ""),
        )

    def __repr__(self) -> str:
        """Name what is not secret."""
        return f"{type(self).__name__}(folder={self.folder!r}, bucket={self.bucket!r})"


class Settings(CallSettings, frozen=True, kw_only=True):
    """One process's settings; `listen` is the HOST:PORT it serves on, an empty `cors_origins` allows any origin.

    E-mail is taken at `smtp_listen` (HOST:PORT; empty: none is) and replies go out by `smtp_relay` (a URL, maybe with a
    password; empty: none can be written). The database server archives its log into the folder of backups `archive_to`.
    What is below the folder `imports` may be imported by the API; None: nothing is.
    The API reads `replica_url` (empty: there is none) where a request says how new is new enough, and waits `replica_patience`
    for it. `node` is the name of the machine among those that run the same installation; `alone`: there is no other.
    """

    environment: str
    database_url: str
    nats_url: str
    objects_url: str
    listen: str
    clock_offset: timedelta = timedelta(0)
    cors_origins: tuple[str, ...] = ()
    smtp_listen: str = ""
    smtp_relay: str = ""
    archive_to: Path | None = None
    imports: Path | None = None
    replica_url: str = ""
    replica_patience: timedelta = timedelta(milliseconds=250)
    node: str = ""
    alone: bool = False
    exports: ExportSettings = ExportSettings()

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
            smtp_listen=read.of("SHIFTLINE_SMTP_LISTEN", _parse_optional(parse_listen), ""),
            smtp_relay=read.of("SHIFTLINE_SMTP_RELAY", _parse_optional(_url_of("smtp", "smtps")), ""),
            archive_to=read.of("SHIFTLINE_ARCHIVE_TO", _parse_path, ""),
            imports=read.of("SHIFTLINE_IMPORTS", _parse_path, ""),
            replica_url=read.of(
                "SHIFTLINE_REPLICA_DATABASE_URL", _parse_optional(_url_of("postgresql", "postgres")), ""
            ),
            replica_patience=read.of("SHIFTLINE_REPLICA_PATIENCE", _parse_patience, "0.25"),
            node=read.of("SHIFTLINE_NODE", _parse_slot, _machine()),
            alone=read.of("SHIFTLINE_ALONE", _parse_flag, ""),
            exports=ExportSettings.of_exports(variables),
            **msgspec.structs.asdict(cls.of_calls(variables)),
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


class IceUrl(NamedTuple):
    """A STUN or TURN server: `scheme` is stun, stuns, turn or turns; `transport` udp, tcp or empty for the usual one."""

    scheme: str
    host: str
    port: int
    transport: str


def parse_ice_url(text: str) -> IceUrl:
    """Read a URL such as `turn:turn.example.com:3478?transport=udp`; raises ValueError saying what is expected.

    Source: RFC 7064 and RFC 7065, section 3.1.
    """
    found = _ICE_URL.fullmatch(text.strip())
    if found is None or (found["transport"] and found["scheme"].startswith("stun")):
        raise ValueError(f"{text!r} is not a URL such as stun:HOST:PORT or turn:HOST:PORT?transport=udp")
    port = int(found["port"] or (5349 if found["scheme"].endswith("s") else 3478))
    if not 0 < port <= _LARGEST_PORT:
        raise ValueError(f"{port} is no port")
    return IceUrl(found["scheme"], found["host"].strip("[]"), port, found["transport"] or "")


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


def _parse_patience(text: str) -> timedelta:
    seconds = float(text)
    if not 0 <= seconds <= LONGEST_PATIENCE:
        raise ValueError(f"{text!r} is not a number of seconds from 0 to {LONGEST_PATIENCE}")
    return timedelta(seconds=seconds)


def _parse_flag(text: str) -> bool:
    if text not in ("", "0", "1"):
        raise ValueError(f"{text!r} is neither 1 nor 0")
    return text == "1"


def _parse_optional(parse: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: parse(text) if text.strip() else ""


def _parse_path(text: str) -> Path | None:
    if not text.strip():
        return None
    path = Path(text)
    if not path.is_absolute():  # programs do not all run in the folder in which the variable was set
        raise ValueError(f"{text!r} is not an absolute path")
    return path


def _parse_address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        raise ValueError(f"{text!r} is not an IP address such as 192.0.2.7") from None
    if address.is_unspecified or address.is_multicast:
        raise ValueError(f"{address} is no address of one machine: name those that callers can reach")
    return str(address)


def _parse_addresses(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_parse_address(part) for part in text.split(",") if part.strip()))


def _parse_ports(text: str) -> tuple[int, int] | None:
    if not text.strip():
        return None
    low, _, high = (part.strip() for part in text.partition("-"))
    if not (low.isdecimal() and high.isdecimal() and 0 < int(low) <= int(high) <= _LARGEST_PORT):
        raise ValueError(f"{text!r} is not a range of ports such as 40000-40999")
    return int(low), int(high)


def _parse_processes(text: str) -> int:
    if not text.strip().isdecimal() or int(text) > MOST_MEDIA_PROCESSES:
        raise ValueError(f"{text!r} is not a number from 0 to {MOST_MEDIA_PROCESSES}; 0 is one for each core")
    return int(text)


def _machine() -> str:
    """The machine's own name, as far as it can be one of a node."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", socket.gethostname()).strip("-.")[:64] or "node"


def _parse_slot(text: str) -> str:
    if not _SLOT.fullmatch(text):
        raise ValueError(f"{text!r} is not a name of letters, digits, dots and hyphens")
    return text


def _ice_url_of(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        url = parse_ice_url(text)
        if url.scheme not in schemes:
            raise ValueError(f"{text!r} does not begin with {' or '.join(f'{scheme}:' for scheme in schemes)}")
        return text.strip()

    return parse
