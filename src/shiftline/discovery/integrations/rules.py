"""What a configuration means, and whether it can. Pure."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from shiftline.discovery.integrations.errors import ConfigurationInvalid
from shiftline.discovery.integrations.model import (
    ACCESS_KEY,
    ACCESS_KEY_ID,
    SECRET_ACCESS_KEY,
    AccessKey,
    Lock,
    LockMode,
    Place,
)

PROPERTIES = ("bucket", "region", "endpoint", "prefix", "objectLockMode", "objectLockDays")
MOST_DAYS = 36_500
_LONGEST = 1000

# Source: the rules for naming buckets of Amazon S3.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_SEGMENT = re.compile(r"[A-Za-z0-9!_.'()=-]{1,100}")


def read_place(properties: Mapping[str, Any]) -> Place:
    """The bucket that properties mean. Raises ConfigurationInvalid, naming the first that is wrong."""
    for name in properties:
        if name not in PROPERTIES:
            raise ConfigurationInvalid(f"properties.{name[:60]}", _unknown(name))
    bucket = _text(properties, "bucket")
    if bucket is None:
        raise ConfigurationInvalid(
            "properties.bucket", "is missing: it names the bucket that recordings are stored in."
        )
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise ConfigurationInvalid(
            "properties.bucket", f"{bucket[:80]!r} is no bucket's name: 3 to 63 of a-z, 0-9, hyphens and dots."
        )
    region = _text(properties, "region") or "us-east-1"
    if not _REGION.fullmatch(region):
        raise ConfigurationInvalid("properties.region", f"{region[:80]!r} is no region, such as us-east-1.")
    return Place(
        bucket=bucket,
        region=region,
        endpoint=_endpoint(_text(properties, "endpoint")),
        prefix=_prefix(_text(properties, "prefix")),
        lock=_lock(properties),
    )


def _unknown(name: str) -> str:
    if name.lower() in {"rolearn", "role", "externalid"}:
        return (
            "is not known: a role is assumed by the vendor's own cloud. Give an access key as credential awsAccessKey."
        )
    return f"is not known here; known are {', '.join(PROPERTIES)}."


def _text(properties: Mapping[str, Any], name: str) -> str | None:
    value = properties.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise ConfigurationInvalid(f"properties.{name}", "must be a text that is not empty.")
    return value


def _endpoint(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.username
        or parts.query
        or parts.fragment
        or parts.path.strip("/")
    ):
        raise ConfigurationInvalid(
            "properties.endpoint", f"{text[:200]!r} must be https://HOST or https://HOST:PORT, and nothing more."
        )
    if parts.scheme == "http" and not _is_here(host):
        raise ConfigurationInvalid(
            "properties.endpoint",
            f"{text[:200]!r} would send recordings and secrets in clear. Use https, or a host of this machine.",
        )
    return f"{parts.scheme}://{parts.netloc}"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _prefix(text: str | None) -> str:
    segments = [] if text is None else text.strip("/").split("/")
    if any(not _SEGMENT.fullmatch(each) or set(each) == {"."} for each in segments):
        raise ConfigurationInvalid(
            "properties.prefix", f"{str(text)[:80]!r} must be names of folders, joined by slashes."
        )
    return "/".join(segments)


def _lock(properties: Mapping[str, Any]) -> Lock | None:
    mode, days = _text(properties, "objectLockMode"), properties.get("objectLockDays")
    if mode is None and days is None:
        return None
    if mode is None:
        raise ConfigurationInvalid("properties.objectLockMode", "is missing: objectLockDays is of no use without it.")
    if mode not in tuple(LockMode):
        raise ConfigurationInvalid("properties.objectLockMode", f"{mode[:40]!r} is none of {', '.join(LockMode)}.")
    if isinstance(days, bool) or not isinstance(days, int) or not 0 < days <= MOST_DAYS:
        raise ConfigurationInvalid("properties.objectLockDays", f"must be a whole number of days, 1 to {MOST_DAYS}.")
    return Lock(LockMode(mode), days)


def check_credentials(credentials: Mapping[str, str]) -> None:
    """A configuration refers to credentials by the one name that is known. Raises ConfigurationInvalid."""
    for name in credentials:
        if name != ACCESS_KEY:
            raise ConfigurationInvalid(f"credentials.{name[:60]}", f"is not known here; known is {ACCESS_KEY}.")


def read_access_key(fields: Mapping[str, str]) -> AccessKey:
    """The access key that a credential's fields are. Raises ConfigurationInvalid."""
    known = (ACCESS_KEY_ID, SECRET_ACCESS_KEY)
    for name in fields:
        if name not in known:
            raise ConfigurationInvalid(
                f"credentialFields.{name[:60]}", f"is not known here; known are {', '.join(known)}."
            )
    for name in known:
        value = fields.get(name, "")
        if not value.strip() or len(value) > _LONGEST or not value.isprintable():
            raise ConfigurationInvalid(f"credentialFields.{name}", "is missing, or is no key.")
    return AccessKey(fields[ACCESS_KEY_ID], fields[SECRET_ACCESS_KEY])


def report(*, enabled: bool, works: bool | None) -> str:
    """The vendor's word for how an integration is: ACTIVE, ACTIVATING, INACTIVE, ERROR."""
    if not enabled:
        return "INACTIVE"
    return {None: "ACTIVATING", True: "ACTIVE", False: "ERROR"}[works]
