"""The base of every shape on the wire."""

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

Instant: TypeAlias = Annotated[datetime, Meta(tz=True, description="ISO 8601 instant with a zone or offset")]
Identifier: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@-]*$")]
ShortText: TypeAlias = Annotated[str, Meta(max_length=256, pattern=r"^[^\x00]*$")]
LongText: TypeAlias = Annotated[str, Meta(max_length=4000, pattern=r"^[^\x00]*$")]


class Wire(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """A JSON object in the vendor's spelling: camelCase; what is None by default is left out; unknown fields ignored."""


class Reference(Wire):
    """Another thing by its id."""

    id: Identifier
    self_uri: str | None = None


class NamedReference(Wire):
    """Another thing by its id, with its name."""

    id: str
    name: str | None = None
    self_uri: str | None = None
