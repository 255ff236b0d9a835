"""What the operations answer about real things of the sample organization has the shape that our document says."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
import requests
from schemathesis import GenerationMode

from contract.described import DOCUMENT, read
from contract.descriptions import FRAGMENT, OFFER, RESTART, SDP, TRICKLED
from contract.ours import things_of
from contract.sdk.centre import GROUP, Centre
from contract.sdk.telephones import EXPERT, TALKER, WebCall, talk, waiting_call
from e2e.stage import Demo

pytestmark = GROUP

SCHEMA = read(GenerationMode.POSITIVE, coverage=False)
EVENTS = "text/event-stream"


def _ends(operation: Any) -> bool:
    """Whether an answer comes to its end; a stream of events goes on for as long as somebody listens."""
    return all(EVENTS not in response.get("content", {}) for response in operation["responses"].values())


READ = sorted(path for path, item in DOCUMENT["paths"].items() if "get" in item and _ends(item["get"]))
# Where somebody is sent on their way, or only with what a page of ours has asked for.
ELSEWHERE = frozenset({"/oauth/authorize", "/oauth/signed-out"})


@pytest.fixture(scope="module")
def things(centre: Centre) -> dict[str, str]:
    return {**things_of(centre), "queue_id": waiting_call(centre).caller.queue_id}


@pytest.fixture(scope="module")
def session(centre: Centre) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {centre.token_of('admin')}"
        yield session


def placed(path: str, things: dict[str, str]) -> str:
    for name, value in things.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path
    return path


def ask(session: requests.Session, demo: Demo, path: str, things: dict[str, str]) -> Any:
    place, trusted = f"https://localhost:{demo.port}{placed(path, things)}", demo.ready["caCertificate"]
    return session.get(place, allow_redirects=False, verify=trusted)


@pytest.mark.parametrize("path", [path for path in READ if path not in ELSEWHERE])
def test_an_answer(path: str, things: dict[str, str], session: requests.Session, contract_demo: Demo) -> None:
    answer = ask(session, contract_demo, path, things)
    assert answer.status_code < 500, answer.text
    # 404: none of that kind for these things together; 403: for agents only; 400: a query that must be there.
    assert answer.status_code != 401, answer.text
    SCHEMA[path]["GET"].validate_response(answer)


def test_most_things_are_found(things: dict[str, str], session: requests.Session, contract_demo: Demo) -> None:
    answers = {path: ask(session, contract_demo, path, things).status_code for path in READ}
    assert len([path for path, status in answers.items() if status == 200]) > 100
    new = ("/conversations", "/recording", "/shiftline/calls", "/shiftline/routing", "/shiftline/conversations")
    # A call is no written conversation (tests/contract/test_sdk_messages.py asks for those), a job of one kind none of another.
    written = ("/conversations/emails/{", "/conversations/messages/{", "/messaging/conversations/{")
    missing = {
        path: status
        for path, status in answers.items()
        if status != 200 and any(each in path for each in new) and not any(each in path for each in written)
    }
    reports = "/api/v2/shiftline/recordings/metadata/report"
    assert missing == {
        "/api/v2/recordings/metadata/refresh/jobs/{job_id}": 404,
        # Of which time must be said.
        reports: 400,
        f"{reports}/csv": 400,
    }


Said: TypeAlias = Callable[..., Any]


@pytest.fixture(scope="module")
def say(session: requests.Session, contract_demo: Demo) -> Said:
    """A request by the path and verb of our document; its answer has the shape that the document says."""

    def said(verb: str, path: str, status: int, things: dict[str, str], **sent: Any) -> Any:
        place, trusted = (
            f"https://localhost:{contract_demo.port}{placed(path, things)}",
            contract_demo.ready["caCertificate"],
        )
        answer = session.request(verb, place, verify=trusted, **sent)
        assert answer.status_code == status, (verb, path, answer.status_code, answer.text[:500])
        if verb != "HEAD":
            SCHEMA[path][verb].validate_response(answer)
        return answer

    return said


CALLS = "/api/v2/conversations/calls/{conversation_id}"
PARTICIPANT = f"{CALLS}/participants/{{participant_id}}"
CONVERSATION = "/api/v2/conversations/{conversation_id}"


@pytest.fixture
def live(centre: Centre) -> Iterator[tuple[WebCall, dict[str, str]]]:
    """A call with sound, and what names it."""
    with talk(centre) as call:
        agent = centre.call("getConversation", call.conversation_id).participants[-1]
        names = (call.conversation_id, agent.id, agent.calls[0].id)
        yield call, dict(zip(("conversation_id", "participant_id", "communication_id"), names, strict=True))


def test_what_moves_a_call(centre: Centre, live: tuple[WebCall, dict[str, str]], say: Said) -> None:
    call, names = live
    own: dict[str, Any] = {"headers": {"Authorization": f"Bearer {centre.token_of(TALKER)}"}}
    expert = {"userId": centre.agent_id(EXPERT)}
    say("PATCH", PARTICIPANT, 202, names, json={"muted": True}, **own)
    say("PATCH", f"{PARTICIPANT}/communications/{{communication_id}}", 202, names, json={"muted": False}, **own)
    say("POST", f"{CONVERSATION}/participants/{{participant_id}}/digits", 202, names, json={"digits": "1"}, **own)
    say(
        "PATCH",
        f"{CONVERSATION}/participants/{{participant_id}}/attributes",
        202,
        names,
        json={"attributes": {"a": "b"}},
    )
    say("PUT", f"{CONVERSATION}/tags", 202, names, json={"externalTag": "crm"})
    asked = {"destination": expert, "speakTo": "DESTINATION"}
    say("POST", f"{PARTICIPANT}/consult", 202, names, json=asked, **own)
    say("POST", f"{PARTICIPANT}/consult", 409, names, json=asked, **own)
    say("PATCH", f"{PARTICIPANT}/consult", 202, names, json={"speakTo": "BOTH"}, **own)
    say("DELETE", f"{PARTICIPANT}/consult", 204, names, **own)
    say("POST", f"{CALLS}/participants", 202, names, json={"participants": [expert]}, **own)
    say("GET", "/api/v2/shiftline/conversations/{conversation_id}/legs", 200, names)
    say("GET", "/api/v2/shiftline/routing/conversations/{conversation_id}/offers", 200, names)
    say("POST", f"{PARTICIPANT}/replace", 202, names, json={"queueId": call.caller.queue_id}, **own)
    say("POST", f"{CONVERSATION}/disconnect", 202, names)
    say("PATCH", PARTICIPANT, 409, names, json={"muted": True})
    call.until("ended")


QUEUE = "/api/v2/shiftline/calls/whip/{queue_id}"
CALL = f"{QUEUE}/{{resource}}"
OFFERED: dict[str, Any] = {"data": OFFER, "headers": {"content-type": SDP}}
KNOWN: dict[str, Any] = {"headers": {"content-type": FRAGMENT}}


def test_what_a_web_caller_s_page_asks(things: dict[str, str], say: Said) -> None:
    say("GET", QUEUE, 200, things)
    begun = say("POST", QUEUE, 201, things, **OFFERED)
    assert begun.headers["Content-Type"].startswith(SDP)
    place = begun.headers["Location"]
    names = {**things, "resource": place.rpartition("/")[2]}
    assert place == placed(CALL, names)
    assert say("GET", CALL, 200, names).json()["state"] == "connecting"
    say("PATCH", CALL, 204, names, data=TRICKLED, **KNOWN)
    assert "a=ice-ufrag" in say("PATCH", CALL, 200, names, data=RESTART, **KNOWN).text
    assert say("POST", CALL, 200, names, **OFFERED).headers["ETag"] == '"2"'
    for _ in range(2):
        say("DELETE", CALL, 200, names)
    assert say("GET", CALL, 200, names).json()["state"] == "ended"
    say("PATCH", CALL, 404, names, data=TRICKLED, **KNOWN)


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain", "application/sdpx", FRAGMENT])
def test_a_body_of_another_media_type(things: dict[str, str], say: Said, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    refused = say("POST", QUEUE, 415, things, data=OFFER, headers=headers)
    assert refused.json()["code"] == "unsupported.media.type"
    assert SDP in refused.json()["message"]
    say("POST", QUEUE, 415, things)


def test_what_is_asked_of_a_recording(things: dict[str, str], say: Said) -> None:
    media = "/api/v2/shiftline/recordings/{recording_id}/media"
    whole = say("GET", media, 200, things)
    size = len(whole.content)
    assert say("HEAD", media, 200, things).headers["Content-Length"] == str(size)
    part = say("GET", media, 206, things, headers={"Range": "bytes=4-11"})
    assert (part.content, part.headers["Content-Range"]) == (whole.content[4:12], f"bytes 4-11/{size}")
    say("GET", media, 416, things, headers={"Range": f"bytes={size}-"})
    named = {"conversationIds": [things["conversation_id"]], "reason": "looked at again"}
    say("POST", "/api/v2/recordings/metadata/refresh", 200, things, json=named)
    say("PUT", f"{CONVERSATION}/recordings/{{recording_id}}", 200, things, json={"archiveDate": "2030-01-01T00:00:00Z"})
    policies = say("GET", "/api/v2/shiftline/recordings/policies", 200, things).json()
    say("PUT", "/api/v2/shiftline/recordings/policies", 200, things, json={"record": policies.get("record", True)})
