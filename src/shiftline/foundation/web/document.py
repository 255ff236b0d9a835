"""The OpenAPI document: what it says of the whole API, and the refusals that every operation may answer with."""

from collections.abc import Mapping
from typing import Any

from litestar._openapi.schema_generation import SchemaCreator
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Schema, SecurityScheme
from litestar.plugins import OpenAPISchemaPlugin, ReceiveRoutePlugin
from litestar.routes import BaseRoute, HTTPRoute
from litestar.typing import FieldDefinition

from shiftline.foundation.web.errors import ErrorBody

REFUSALS: Mapping[int, str] = {
    400: "The request cannot mean anything; details[] names each wrong field.",
    401: "No token, or one that proves nothing any more.",
    403: "Refused; contextId is the decision where one was made, messageParams the missing permissions.",
    404: "There is no such thing in this organization.",
    409: "It changed meanwhile, or contradicts another; messageParams carries the current version, its author and time.",
    413: "The body is larger than this server takes.",
    415: "The body is not of the declared media type.",
    429: "Too many requests, or refused until a known time: Retry-After tells the seconds.",
    503: "It could not be known or done now: Retry-After tells the seconds.",
}


class Refusals(ReceiveRoutePlugin):
    """Documents ``REFUSALS`` for every operation, in the vendor's error body; a route that answers in another shape
    names it in its option ``error_body``. A public route needs no token.
    """

    def receive_route(self, route: BaseRoute) -> None:
        """Add them to each handler of a route; what a handler documents itself stays."""
        if not isinstance(route, HTTPRoute):
            return
        for handler in route.route_handlers:
            handler.responses = {**_refusals_of(handler), **(handler.responses or {})}
            if handler.opt.get("public"):
                handler.security = [{}]


def _refusals_of(handler: HTTPRouteHandler) -> dict[int, ResponseSpec]:
    body = None if "HEAD" in handler.http_methods else handler.opt.get("error_body", ErrorBody)
    return {
        status: ResponseSpec(data_container=body, generate_examples=False, description=sentence)
        for status, sentence in REFUSALS.items()
    }


class Sequences(OpenAPISchemaPlugin):
    """Describes ``tuple[X, ...]`` as the list of X that it is on the wire; Litestar takes the dots for a kind of item."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:
        """Litestar asks for fields, not types."""
        del value
        return False

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Whether it is such a tuple."""
        return field_definition.origin is tuple and field_definition.args[1:] == (...,)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """The schema of the list."""
        as_list = FieldDefinition.from_kwarg(
            annotation=list[field_definition.args[0]],
            name=field_definition.name,
            default=field_definition.default,
            extra=field_definition.extra,
            kwarg_definition=field_definition.kwarg_definition,
        )
        schema = schema_creator.for_field_definition(as_list)
        assert isinstance(schema, Schema)
        return schema


def document_config() -> OpenAPIConfig:
    """What the document says of the whole API."""
    return OpenAPIConfig(
        title="Shiftline",
        version="2",
        description="A contact-centre core in which the schedule and the phone never disagree.",
        path="/api/v2/docs",
        # The document itself: a page that shows it would load its script from somebody else's host.
        render_plugins=[JsonRenderPlugin()],
        security=[{"bearer": []}],
        components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        use_handler_docstrings=True,
    )
