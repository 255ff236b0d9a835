"""Integrations, their configuration, credentials, and what a probe found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# COMPAT: the name by which the vendor's SDK speaks of it (IntegrationExport.integration).
BULK_ACTIONS = "aws-s3-recording-bulk-actions-integration"
ACCESS_KEY = "awsAccessKey"
"""The type of credentials, and the name by which a configuration refers to them."""
ACCESS_KEY_ID = "accessKeyId"
SECRET_ACCESS_KEY = "secretAccessKey"  # noqa: S105 - a field's name


class LockMode(StrEnum):
    """How S3 Object Lock keeps what was stored."""

    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"


@dataclass(frozen=True, slots=True)
class Lock:
    """Each object that is stored is kept for so many days."""

    mode: LockMode
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A bucket. ``endpoint`` None: Amazon's own of the region; ``prefix`` without slashes around it, or empty."""

    bucket: str
    region: str = "us-east-1"
    endpoint: str | None = None
    prefix: str = ""
    lock: Lock | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AccessKey:
    """What opens a bucket. It has no representation, so that no log can hold it."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether recordings can be stored, in a sentence."""

    works: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """Fields of a credential, encrypted by a key that is wrapped by the key-encryption key ``key_id``."""

    key_id: str
    wrapped_key: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A credential without its secret."""

    id: str
    name: str
    type: str
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What an integration was told. ``properties`` as sent; ``credentials``: which credential stands for which name."""

    name: str | None
    notes: str | None
    version: int
    properties: Mapping[str, str | int]
    credentials: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """An integration. ``reported``: what the last probe found, None before the first of this configuration."""

    id: str
    name: str
    type: str
    notes: str | None
    enabled: bool
    configuration: Configuration
    reported: Verdict | None
    reported_at: datetime | None
    deleted: bool
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class IntegrationFilter:
    """Which integrations are wanted; None does not restrict."""

    ids: tuple[str, ...] | None = None
    type: str | None = None
    reported_state: str | None = None
    credential_id: str | None = None
