"""What several operations take and need."""

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from litestar import Request
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.recordings.model import CALL, Recording, State
from shiftline.recordings.operations.controlled import Controlled
from shiftline.recordings.operations.playing import read_transcript
from shiftline.recordings.operations.tickets import open_ticketing
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.wire.media import media_uri

Asked: TypeAlias = Request[Any, Any, Any]
FormatId: TypeAlias = Annotated[str | None, Parameter(query="formatId", max_length=40)]
MediaFormats: TypeAlias = Annotated[str | None, Parameter(query="mediaFormats", max_length=200)]
Download: TypeAlias = Annotated[bool, Parameter(query="download", description="As a file to be kept")]
FileName: TypeAlias = Annotated[str | None, Parameter(query="fileName", max_length=300)]

Why: TypeAlias = Annotated[
    str | None,
    Parameter(query="reason", max_length=50, description="Why it is heard: a code of .../recordings/reasons"),
]


def vault_of(request: Asked) -> Vault:
    """The objects and keys of this program."""
    return request.app.state.vault


async def written_of(request: Asked, context: Context, recording: Recording, controlled: Controlled) -> bytes | None:
    """The document of what was written, once it is sealed; whoever gets it stands in the access log.

    Where a policy asks for a reason it is read by the media operation, which takes one.
    """
    if recording.medium == CALL or recording.state is not State.SEALED or controlled.reason_required:
        return None
    return await read_transcript(context, vault_of(request), recording.id)


async def uris_of(
    request: Asked, context: Context, *, download: bool = False, file_name: str | None = None
) -> Callable[[Recording], str | None]:
    """What makes the media uris of an answer, each with a ticket of the caller's."""
    ticketing = await open_ticketing(context, vault_of(request).keys)
    environment: str = request.app.state.environment
    return lambda each: media_uri(each, environment, ticketing, download=download, file_name=file_name)
