"""Files over HTTP: a body of bytes in, a download out."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote

from litestar import Request, Response
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import Parameter

from shiftline.foundation.errors import Problem
from shiftline.foundation.objects import Objects
from shiftline.messaging.errors import FileRefused
from shiftline.messaging.model import LARGEST_FILE, LONGEST_NAME, Attachment

BYTES = "application/octet-stream"
Asked: TypeAlias = Request[Any, Any, Any]
FileName: TypeAlias = Annotated[str, Parameter(query="name", min_length=1, max_length=LONGEST_NAME)]


@dataclass
class Uploading(Operation):
    """An operation that takes a file."""

    def __post_init__(self) -> None:
        """Document its body."""
        schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        content = {BYTES: OpenAPIMediaType(schema=schema)}
        self.request_body = RequestBody(content=content, description="The file's content", required=True)


def objects_of(request: Asked) -> Objects:
    """Where files are kept."""
    return request.app.state.objects


async def read_content(request: Asked) -> bytes:
    """The body's bytes. Raises FileRefused for more than a file may have, before they are read where it is announced."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > LARGEST_FILE:
        sentence = f"has {length} bytes; at most {LARGEST_FILE} are let in. Send a smaller one, or a link."
        raise FileRefused(Problem("content", sentence, "attachment.too.large"))
    return await request.body()


def download(attachment: Attachment, content: bytes) -> Response[bytes]:
    """A file as it was sent, never run by a browser: it is no page, whatever is in it."""
    plain = "".join(each if each.isascii() and (each.isalnum() or each in "._- ") else "_" for each in attachment.name)
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
        "ETag": f'"{attachment.sha256}"',
    }
    return Response(content, media_type=attachment.media_type, headers=headers)
