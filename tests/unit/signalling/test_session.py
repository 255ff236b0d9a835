"""The registry: who gets what, who replaces whom, and what happened while the authority thought."""

from dataclasses import replace

import pytest

from shiftline.foundation.events import Notification
from shiftline.signalling.bulletin import Bulletin
from shiftline.signalling.model import Identity, Notice
from shiftline.signalling.session import Registry, Session


class Recorder:
    """A wire that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []

    def notify(self, bulletin: Bulletin, sequence: int) -> None:
        self.sent.append((bulletin.topic, sequence))

    def dismiss(self, notice: Notice) -> None:
        raise AssertionError(notice)

    def forward(self, frame: str) -> None:
        raise AssertionError(frame)


def session(identity: Identity, resource: str = "r1", **changes: str) -> tuple[Session, Recorder]:
    wire = Recorder()
    return Session(replace(identity, **changes), wire, resource), wire


def bulletin(topic: str, organization_id: str = "org-1") -> Bulletin:
    return Bulletin(Notification(organization_id, topic, {}), "event-1")


@pytest.fixture
def registry() -> Registry:
    return Registry()


def test_a_topic_reaches_its_subscribers_with_their_own_numbers(registry: Registry, identity: Identity) -> None:
    one, wire_one = session(identity)
    two, wire_two = session(identity, channel_id="channel-2")
    registry.add(one, frozenset({"a", "b"}))
    registry.add(two, frozenset({"b"}))
    assert registry.publish(bulletin("a")) == 1
    assert registry.publish(bulletin("b")) == 2
    assert registry.publish(bulletin("c")) == 0
    assert wire_one.sent == [("a", 1), ("b", 2)]
    assert wire_two.sent == [("b", 1)]


def test_a_topic_of_the_same_name_stays_in_its_organization(registry: Registry, identity: Identity) -> None:
    one, wire = session(identity)
    registry.add(one, frozenset({"v2.workforcemanagement.agents"}))
    assert registry.publish(bulletin("v2.workforcemanagement.agents", "org-2")) == 0
    assert not wire.sent


def test_subscriptions_are_replaced(registry: Registry, identity: Identity) -> None:
    one, wire = session(identity)
    registry.add(one, frozenset({"a"}))
    registry.subscribe(one, frozenset({"b", "c"}))
    assert (registry.publish(bulletin("a")), registry.publish(bulletin("b"))) == (0, 1)
    registry.subscribe(one, frozenset())
    assert registry.publish(bulletin("b")) == 0
    assert wire.sent == [("b", 1)]


def test_closing_one_tab_leaves_the_other(registry: Registry, identity: Identity) -> None:
    one, _ = session(identity)
    two, wire = session(identity, channel_id="channel-2")
    registry.add(one, frozenset({"a"}))
    registry.add(two, frozenset({"a"}))
    assert registry.remove(one)
    assert not registry.remove(one)
    assert registry.publish(bulletin("a")) == 1
    assert wire.sent
    assert registry.of_person("person-1") == (two,)
    assert len(registry) == 1


def test_a_newer_connection_replaces_the_older_of_its_channel_and_kind(registry: Registry, identity: Identity) -> None:
    old, _ = session(identity)
    feed, _ = session(identity, resource="")
    new, wire = session(identity, resource="r2")
    assert registry.add(old, frozenset({"a"})) is None
    assert registry.add(feed, frozenset()) is None
    assert registry.add(new, frozenset({"a"})) is old
    assert not registry.remove(old)
    assert set(registry.on_channel("channel-1")) == {new, feed}
    assert registry.publish(bulletin("a")) == 1
    assert wire.sent


def test_when_all_are_gone_nothing_is_left(registry: Registry, identity: Identity) -> None:
    one, _ = session(identity)
    registry.add(one, frozenset({"a"}))
    registry.remove(one)
    indexes = [value for value in vars(registry).values() if isinstance(value, dict)]
    assert len(indexes) >= 5
    assert not any(indexes)


def test_sessions_are_found_by_person_and_organization(registry: Registry, identity: Identity) -> None:
    one, _ = session(identity)
    two, _ = session(identity, person_id="person-2", channel_id="channel-2")
    other, _ = session(identity, organization_id="org-2", person_id="person-3", channel_id="channel-3")
    for each in (one, two, other):
        registry.add(each, frozenset())
    assert registry.of_person("person-2") == (two,)
    assert set(registry.of_organization("org-1")) == {one, two}
    assert set(registry.all()) == {one, two, other}


def test_a_jid_means_all_connections_or_one(registry: Registry, identity: Identity) -> None:
    one, _ = session(identity, resource="r1")
    two, _ = session(identity, resource="r2", channel_id="channel-2")
    feed, _ = session(identity, resource="", channel_id="channel-3")
    for each in (one, two, feed):
        registry.add(each, frozenset())
    assert set(registry.reachable(one, "agent1@org.localhost")) == {one, two}
    assert registry.reachable(one, "agent1@org.localhost/r2") == (two,)
    assert registry.reachable(one, "agent1@org.localhost/r9") == ()


def test_a_resource_is_kept_by_its_channel(registry: Registry, identity: Identity) -> None:
    one, _ = session(identity, resource="desk")
    registry.add(one, frozenset())
    assert registry.choose_resource(identity, None, "spare") == "spare"
    assert registry.choose_resource(identity, "free", "spare") == "free"
    assert registry.choose_resource(identity, "desk", "spare") == "desk"
    assert registry.choose_resource(replace(identity, channel_id="channel-2"), "desk", "spare") == "desk-spare"
    stranger = replace(identity, channel_id="channel-2", person_id="person-2")
    assert registry.choose_resource(stranger, "desk", "spare") == "desk"


@pytest.mark.parametrize("about", ["channel-1", "person-1", "org-1"])
def test_news_while_the_authority_thought_are_noticed(registry: Registry, identity: Identity, about: str) -> None:
    registry.disturb(about)
    mark = registry.mark()
    assert not registry.disturbed_since(mark, identity)
    registry.disturb("person-2")
    assert not registry.disturbed_since(mark, identity)
    registry.disturb(about)
    assert registry.disturbed_since(mark, identity)
    assert not registry.disturbed_since(registry.mark(), identity)


def test_what_is_forgotten_counts_as_news(identity: Identity) -> None:
    registry = Registry(remembered=3)
    mark = registry.mark()
    for number in range(3):
        registry.disturb(f"person-{number + 10}")
    assert not registry.disturbed_since(mark, identity)
    registry.disturb("person-20")
    assert registry.disturbed_since(mark, identity)
    assert not registry.disturbed_since(registry.mark(), identity)
