"""Tenants never see each other: every operation, called by an administrator of the second organization with ids of the
first, refuses or shows nothing of the first; and when all are through, nothing of the first has changed.
"""

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import pytest
from hypothesis import settings
from schemathesis import Case, GenerationMode

from contract.described import DOCUMENT, ENDS_THE_TOKEN, UNHURRIED, read
from contract.descriptions import FRAGMENT, OFFER, SDP
from contract.ours import secrets_of, things_of
from contract.sdk.centre import GROUP, Centre
from e2e.stage import Demo

pytestmark = GROUP
WHIP = "/api/v2/shiftline/calls/whip"
described = read(GenerationMode.POSITIVE, coverage=False)


@dataclass
class Walk:
    """The first organization's things, and what the operations answered so far."""

    client: httpx.Client
    owner: httpx.Client
    things: dict[str, str]
    secrets: tuple[str, ...]
    before: dict[str, str] = field(default_factory=dict[str, str])

    def place(self, path: str) -> str:
        """A path with ids of the first organization."""
        for name, value in self.things.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, "a path parameter without a thing of ours"
        return path

    def fill(self, value: Any, name: str = "") -> Any:
        """A body with the first organization's ids wherever one belongs."""
        if isinstance(value, dict):
            return {key: self.fill(each, key) for key, each in cast("dict[str, Any]", value).items()}
        if isinstance(value, list):
            return [self.fill(each, name) for each in cast("list[Any]", value)]
        known = self.things.get(parameter_of(name))
        return known if known is not None and isinstance(value, str) else value

    def body(self, case: Case[Any]) -> dict[str, Any]:
        """What is sent with a case's request."""
        if isinstance(case.body, bytes):
            return {"content": case.body, "headers": {"content-type": case.media_type}}
        if not isinstance(case.body, dict | list):
            return {}
        kind = "data" if case.media_type == "application/x-www-form-urlencoded" else "json"
        return {kind: self.fill(case.body)}


def parameter_of(name: str) -> str:
    """The path parameter of a field: ``userIds`` and ``userId`` are ``user_id``."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return {"id": "user_id", "user_ids": "user_id", "management_unit_ids": "management_unit_id"}.get(snake, snake)


@pytest.fixture(scope="module")
def walk(centre: Centre, contract_demo: Demo, stranger: str) -> Iterator[Walk]:
    things, admin = things_of(centre), centre.token_of("admin")
    with calling(contract_demo, stranger) as client, calling(contract_demo, admin) as owner:
        walk = Walk(client, owner, things, secrets_of(centre))
        walk.before = seen_by_the_owner(walk)
        yield walk


def seen_by_the_owner(walk: Walk) -> dict[str, str]:
    """Each of the organization's things as its administrator reads it."""
    paths = [walk.place(path) for path, item in DOCUMENT["paths"].items() if "get" in item and is_lasting(path)]
    answers = {path: walk.owner.get(path, params={"pageSize": 500}) for path in paths}
    return {path: lasting(answer.text) for path, answer in answers.items() if answer.status_code == 200}


def lasting(text: str) -> str:
    """An answer without what is new each time: the tickets of recordings."""
    return re.sub(r"ticket=[^\"&]+", "", text)


def is_lasting(path: str) -> bool:
    """Whether a path shows something that stays as it is while nobody changes it. The ledger grows by each who hears."""
    return not re.search(
        r"/access/|/accesses|/ledger|/discovery/exports|/me\b|/audits/|/tokens|/jobs/|/operations/|/notifications|/docs|\{resource|\{guest",
        path,
    )


def calling(demo: Demo, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    trust = ssl.create_default_context(cafile=demo.ready["caCertificate"])
    return httpx.Client(base_url=f"https://localhost:{demo.port}", headers=headers, verify=trust)


@described.exclude(operation_id=ENDS_THE_TOKEN).parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=UNHURRIED)
def test_nothing_is_shown_to_a_stranger(case: Case[Any], walk: Walk) -> None:
    operation = case.operation.definition.raw["operationId"]
    query, sent = walk.fill(dict(case.query or {})), walk.body(case)
    answer = walk.client.request(case.method, walk.place(case.operation.path), params=query, **sent)
    assert answer.status_code < 500, (operation, answer.text)
    if answer.status_code < 400:
        assert not [secret for secret in walk.secrets if secret in answer.text], (operation, sent)


def test_nobody_of_another_organization_calls_our_queues_or_our_callers(walk: Walk) -> None:
    """They learn no more of a queue, or of a call whose secret they have, than of one that never was."""
    sent: dict[str, Any] = {"content": OFFER, "headers": {"content-type": SDP}}
    queue, resource = walk.place("/{queue_id}"), walk.place("/{queue_id}/{resource}")
    asked: list[tuple[str, str, str, dict[str, Any]]] = [
        ("POST", queue, "/unheard", sent),
        ("GET", queue, "/unheard", {}),
        ("GET", resource, f"{queue}/unheard.secret", {}),
        ("POST", resource, f"{queue}/unheard.secret", sent),
        ("PATCH", resource, f"{queue}/unheard.secret", {**sent, "headers": {"content-type": FRAGMENT}}),
        ("DELETE", resource, f"{queue}/unheard.secret", {}),
    ]
    for method, place, unheard, more in asked:
        ours, nobodys = (walk.client.request(method, f"{WHIP}{each}", **more) for each in (place, unheard))
        assert (ours.status_code, nobodys.status_code) == (404, 404), (method, place)
        assert without_names(ours, place) == without_names(nobodys, unheard)


def without_names(answer: httpx.Response, place: str) -> str:
    """A refusal without the names that were asked for."""
    words = {part for name in place.split("/") for part in (name, name.partition(".")[0]) if part}
    text = re.sub(r'"(contextId|correlationId)":"[^"]*"', "", answer.text)
    return re.sub("|".join(sorted(map(re.escape, words), key=len, reverse=True)), "X", text)


def test_nothing_of_ours_has_changed(walk: Walk) -> None:
    """Runs last: the stranger asked for every change there is, with our ids in path, query and body."""
    assert walk.owner.get(walk.place(f"{WHIP}/{{queue_id}}/{{resource}}")).json()["state"] == "waiting"
    assert walk.client.get("/api/v2/users/me").status_code == 200, "whoever walked was let in to the end"
    after = seen_by_the_owner(walk)
    assert len(after) > 60
    assert {path for path in walk.before if after.get(path) != walk.before[path]} == set()
