"""schemathesis against our own document and a running demo: whatever is sent, no error of ours, and every refusal in its
documented shape, naming the field where one is wrong.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import requests
from hypothesis import settings
from schemathesis import Case, GenerationMode

from contract.described import ENDS_THE_TOKEN, UNHURRIED, read
from contract.sdk.centre import GROUP
from e2e.stage import Demo
from shiftline.foundation.web.errors import STATUS_CODES, ErrorBody
from shiftline.identity.wire.oauth import OAuthErrorAnswer

pytestmark = GROUP

EXAMPLES = 4
TOO_LARGE_FOR_THE_EDGE = 431

described = read(GenerationMode.POSITIVE, GenerationMode.NEGATIVE, coverage=False)


@pytest.fixture(scope="module")
def session(vandal: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {vandal}"
        yield session


def require_shape(answer: Any, operation: str) -> None:
    """A refusal is the vendor's error body, or OAuth's, and tells its own status."""
    if operation.startswith("postOauth") and operation in ("postOauthToken", "postOauthIntrospect", "postOauthRevoke"):
        assert msgspec.json.decode(answer.content, type=OAuthErrorAnswer).error
        return
    if answer.status_code == TOO_LARGE_FOR_THE_EDGE:  # a head of a mebibyte never comes as far as us
        return
    assert answer.text.startswith("{"), (answer.request.url, answer.status_code, answer.headers, answer.text)
    body = msgspec.json.decode(answer.content, type=ErrorBody)
    assert body.status == answer.status_code
    assert body.code
    assert body.message
    assert body.context_id
    assert answer.status_code in STATUS_CODES or answer.status_code == 409
    for detail in body.details or ():
        assert detail.field_name


@described.exclude(operation_id=ENDS_THE_TOKEN).parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=UNHURRIED)
def test_an_operation(case: Case[Any], session: requests.Session, contract_demo: Demo) -> None:
    operation = str(case.operation.definition.raw["operationId"])
    trusted = contract_demo.ready["caCertificate"]
    answer = case.call(base_url=f"https://localhost:{contract_demo.port}", session=session, verify=trusted)
    assert answer.status_code < 500, (answer.status_code, answer.text)
    if answer.status_code >= 400:
        if case.method != "HEAD":
            require_shape(answer, operation)
    else:
        case.operation.validate_response(answer)
