"""The sound itself: with a bearer token, or with the ticket of a media uri."""

from typing import Annotated, Any, TypeAlias

from litestar import MediaType, Response, get, head
from litestar.openapi import ResponseSpec
from litestar.params import Parameter
from litestar.response import Stream

from shiftline.foundation.context import Context
from shiftline.foundation.web.errors import Answer, Detail, ErrorBody, body_for
from shiftline.recordings.endpoints.asking import Asked, Download, FileName, Why, vault_of
from shiftline.recordings.errors import RangeUnsatisfiable
from shiftline.recordings.model import MEDIA_TYPES, Use
from shiftline.recordings.operations.playing import Playing, open_media
from shiftline.recordings.operations.tickets import authenticate_ticket
from shiftline.recordings.wire.media import MEDIA, disposition, entity_tag, read_range

PATH = f"{MEDIA}/{{recording_id:str}}/media"
TAGS = ["Recording"]
# Everybody comes in; who has neither a token nor a ticket is refused here.
OPEN = {"public": True, "token_if_given": True}
UNSATISFIABLE = 416
SOUND = MEDIA_TYPES["ogg"]

Ticket: TypeAlias = Annotated[
    str | None, Parameter(query="ticket", max_length=200, description="Instead of a token, from a media uri")
]
Range: TypeAlias = Annotated[str | None, Parameter(header="Range", max_length=200)]
IfRange: TypeAlias = Annotated[str | None, Parameter(header="If-Range", max_length=200)]

RESPONSES = {
    206: ResponseSpec(None, description="The part that was asked for", media_type=MediaType.TEXT),
    UNSATISFIABLE: ResponseSpec(ErrorBody, description="The part lies outside of the recording."),
}


@get(PATH, operation_id="getShiftlineRecordingMedia", tags=TAGS, opt=OPEN, media_type=SOUND, responses=RESPONSES)
async def get_media(
    request: Asked,
    context: Context,
    recording_id: str,
    *,
    ticket: Ticket = None,
    download: Download = False,
    file_name: FileName = None,
    reason: Why = None,
    asked: Range = None,
    if_range: IfRange = None,
) -> Response[Any]:
    """A recording's Ogg/Opus (of what was written: its transcript in JSON), or a part of it (Range). Each request stands in its access log, a refused one too."""
    who, by_ticket = await _who(request, context, recording_id, ticket)
    wanted = read_range(asked, if_range)
    try:
        playing = await open_media(
            who, vault_of(request), recording_id, use=Use.MEDIA, wanted=wanted, by_ticket=by_ticket, reason=reason
        )
    except RangeUnsatisfiable as error:
        return _unsatisfiable(error, context)
    headers = _headers(playing, download=download, file_name=file_name)
    status = 206 if "Content-Range" in headers else 200
    return Stream(
        playing.content, status_code=status, media_type=MEDIA_TYPES[playing.recording.container], headers=headers
    )  # type: ignore[return-value]


@head(PATH, operation_id="headShiftlineRecordingMedia", tags=TAGS, opt=OPEN)
async def head_media(request: Asked, context: Context, recording_id: str, ticket: Ticket = None) -> Response[None]:
    """How long a recording's Ogg/Opus is."""
    who, by_ticket = await _who(request, context, recording_id, ticket)
    playing = await open_media(who, vault_of(request), recording_id, use=Use.HEAD, wanted=None, by_ticket=by_ticket)
    headers = _headers(playing, download=False, file_name=None)
    # The framework writes no type where there is no body, and cannot spell nothing as sound.
    return Response(None, media_type=MediaType.TEXT, headers=headers)


async def _who(request: Asked, context: Context, recording_id: str, ticket: str | None) -> tuple[Context, bool]:
    """Who asks, and whether by a ticket."""
    if context.actor.kind != "system":
        return context, False
    actor = await authenticate_ticket(context, vault_of(request).keys, recording_id, ticket)
    return context.acting_as(actor), True


def _headers(playing: Playing, *, download: bool, file_name: str | None) -> dict[str, str]:
    headers = {
        "Content-Type": MEDIA_TYPES[playing.recording.container],
        "Accept-Ranges": "bytes",
        "Content-Length": str(playing.stop - playing.start),
        "ETag": entity_tag(playing.recording),
        "Content-Disposition": disposition(playing.recording, download=download, file_name=file_name),
    }
    if playing.partial:
        headers["Content-Range"] = f"bytes {playing.start}-{playing.stop - 1}/{playing.size}"
    return headers


def _unsatisfiable(error: RangeUnsatisfiable, context: Context) -> Response[ErrorBody]:
    details = (Detail(error_code=error.code, field_name="Range"),)
    answer = Answer(UNSATISFIABLE, error.code, error.message, error.params, details)
    body = body_for(answer, context.correlation_id)
    headers = {"Content-Range": f"bytes */{error.size}"}
    return Response(body, status_code=UNSATISFIABLE, media_type=MediaType.JSON, headers=headers)


ROUTES = [get_media, head_media]
