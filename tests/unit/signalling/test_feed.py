"""JSON connections: admission, heartbeats, pings, notifications and the end."""

import json
from typing import Any

import pytest

from shiftline.foundation.events import Notification
from shiftline.signalling import effects
from shiftline.signalling.bulletin import Bulletin
from shiftline.signalling.feed import Feed, Limits, State
from shiftline.signalling.model import Denial, Identity, Notice


@pytest.fixture
def feed() -> Feed:
    return Feed(Limits(), 0.0)


@pytest.fixture
def live(feed: Feed, identity: Identity) -> Feed:
    feed.begin()
    assert feed.welcome(identity, 0.0)
    return feed


def read(output: object) -> Any:
    assert isinstance(output, str)
    return json.loads(output)


def test_the_authority_is_asked_first(feed: Feed, identity: Identity) -> None:
    assert feed.begin() == (effects.Admit(),)
    assert not feed.live
    assert feed.welcome(identity, 1.0)
    assert feed.live


def test_a_refusal_is_said_in_a_frame_before_the_close(feed: Feed) -> None:
    told, close = feed.refuse(Denial("not-authorized", "Connect is refused: you are inactive.", "decision-1"))
    assert read(told) == {
        "topicName": "channel.metadata",
        "version": "2",
        "eventBody": {
            "message": "Connect is refused: you are inactive. (decision decision-1)",
            "reason": "not-authorized",
            "decisionId": "decision-1",
        },
    }
    assert isinstance(close, effects.Close)
    assert close.code == 1008


def test_an_answer_that_comes_too_late_changes_nothing(feed: Feed, identity: Identity) -> None:
    (close,) = feed.timer(15.0)
    assert isinstance(close, effects.Close)
    assert not feed.welcome(identity, 16.0)
    assert feed.refuse(Denial("x", "y")) == ()
    assert feed.state is State.CLOSED


def test_a_heartbeat_every_thirty_seconds(live: Feed) -> None:
    assert live.next_timer() == 30.0
    assert live.timer(29.9) == ()
    beat, probe = live.timer(30.0)
    assert read(beat)["topicName"] == "channel.metadata"
    assert read(beat)["eventBody"] == {"message": "WebSocket Heartbeat"}
    assert isinstance(probe, effects.Probe)
    assert live.next_timer() == 60.0


def test_pongs_keep_it_alive_and_their_absence_closes(live: Feed) -> None:
    live.timer(30.0)
    live.heard_at = 30.1
    live.timer(60.0)
    live.timer(90.0)
    assert live.next_timer() == pytest.approx(120.0)
    live.timer(120.0)
    (close,) = live.timer(120.1)
    assert isinstance(close, effects.Close)


def test_a_ping_is_answered(live: Feed) -> None:
    (pong,) = live.receive('{"message":"ping"}', 1.0)
    assert read(pong)["topicName"] == "channel.metadata"
    assert read(pong)["eventBody"] == {"message": "pong"}
    assert live.receive(b'{"message": "ping"}', 1.0) == (pong,)


@pytest.mark.parametrize(
    "frame", ["", "x", "[]", "null", '{"message":5}', '{"message":"subscribe"}', b"\xff", "[" * 4000]
)
def test_what_means_nothing_is_said_so(live: Feed, frame: str | bytes) -> None:
    (told,) = live.receive(frame, 1.0)
    assert "means something" in read(told)["eventBody"]["message"]
    assert live.live


def test_too_much_closes(live: Feed) -> None:
    assert isinstance(live.receive("x" * 5000, 1.0)[0], effects.Close)


def test_too_often_closes(live: Feed) -> None:
    outputs = [live.receive('{"message":"ping"}', 1.0) for _ in range(60)]
    assert sum(bool(output) and isinstance(output[0], str) for output in outputs) == 50
    assert live.state is State.CLOSED


def test_notifications_and_the_last_notice(live: Feed) -> None:
    bulletin = Bulletin(Notification("org-1", "v2.users.u.presence", {"a": 1}), "event-1")
    assert read(live.notify(bulletin, 4))["metadata"]["sequence"] == 4
    notice = Notice("v2.system.no_longer_subscribed", "access_revoked", Denial("not-authorized", "No.", "d"))
    told, close = live.dismiss(notice, "event-2", 5.0)
    assert read(told)["eventBody"]["message"] == "No. (decision d)"
    assert close == effects.Close(1008, "No. (decision d)")
    assert live.notify(bulletin, 5) is None
    assert live.close(6.0) == ()


def test_the_server_goes(live: Feed) -> None:
    assert live.close(1.0) == (effects.Close(1000, ""),)
