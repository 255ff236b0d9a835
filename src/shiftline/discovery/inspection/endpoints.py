"""A package in, a report out."""

from typing import Annotated, Any, TypeAlias

from litestar import Request, post
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import Parameter

from shiftline.discovery.inspection.operations import verify_sent
from shiftline.discovery.inspection.wire import WireReport, show_report
from shiftline.foundation.context import Context

Asked: TypeAlias = Request[Any, Any, Any]
Name: TypeAlias = Annotated[str, Parameter(query="name", max_length=200, description="How the report calls it")]


class _Package(Operation):
    """An operation that takes a ZIP."""

    def __post_init__(self) -> None:
        schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        content = {"application/zip": OpenAPIMediaType(schema=schema)}
        self.request_body = RequestBody(content=content, description="The package as a ZIP", required=True)


@post(
    "/api/v2/shiftline/packages/verifications",
    operation_id="postShiftlinePackagesVerifications",
    operation_class=_Package,
    request_max_body_size=None,
    status_code=200,
    tags=["Discovery"],
)
async def post_verification(request: Asked, context: Context, name: Name = "package.zip") -> WireReport:
    """Verify a legal export's package. Nothing of it is kept."""
    length = request.headers.get("content-length", "")
    announced = int(length) if length.isdecimal() else None
    return show_report(await verify_sent(context, name, request.stream(), announced))


ROUTES = [post_verification]
