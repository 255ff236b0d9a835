"""Which STUN and TURN servers softphones are told of, by the settings."""

from datetime import UTC, datetime

from shiftline.apps.ice import ice_servers, servers_for_callers
from shiftline.calls.wire import link_of
from shiftline.foundation.settings import Settings
from shiftline.signalling.extensions.services import IceServer
from shiftline.signalling.model import Identity

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
WHO = Identity("org-1", "person-1", "channel-1", "digest-1", "agent1@org.localhost")


def settings(**variables: str) -> Settings:
    engines = {
        "SHIFTLINE_DATABASE_URL": "postgresql://x", "SHIFTLINE_NATS_URL": "nats://x",
        "SHIFTLINE_OBJECTS_URL": "file:///x", "SHIFTLINE_ENVIRONMENT": "cc.example.com:8443",
    }  # fmt: skip
    return Settings.from_environment({**engines, **{f"SHIFTLINE_{name}": value for name, value in variables.items()}})


def test_without_any_the_own_host_keeps_the_client_from_insisting_on_a_relay() -> None:
    assert ice_servers(settings()) == [IceServer("stun", "cc.example.com")]


def test_a_stun_server_is_named() -> None:
    assert ice_servers(settings(STUN_URL="stun:stun.example.com:3479")) == [IceServer("stun", "stun.example.com", 3479)]


def test_a_relay_has_credentials_for_each_who_asks() -> None:
    provider = ice_servers(settings(TURN_URL="turns:[2001:db8::1]?transport=tcp", TURN_SECRET="secret"))
    assert callable(provider)
    stun, turn = provider(WHO, NOW)
    assert (stun.type, stun.username) == ("stun", None)
    assert (turn.type, turn.host, turn.port, turn.transport) == ("turns", "[2001:db8::1]", 5349, "tcp")
    assert turn.username is not None
    assert turn.username.endswith(":person-1")


def test_web_callers_get_the_relay_with_credentials_that_end() -> None:
    servers = servers_for_callers(
        settings(STUN_URL="stun:stun.example.com", TURN_URL="turn:relay.example.com", TURN_SECRET="secret")
    )
    stun, relay = servers("caller-1", datetime(2026, 1, 1, tzinfo=UTC))
    assert stun == {"urls": "stun:stun.example.com:3478"}
    assert relay["urls"] == "turn:relay.example.com:3478"
    assert relay["username"] == f"{int(datetime(2026, 1, 1, 7, tzinfo=UTC).timestamp())}:caller-1"
    assert relay["credential"]
    assert link_of(relay).startswith('<turn:relay.example.com:3478>; rel="ice-server"; username="')
    assert servers_for_callers(settings())("caller-1", datetime(2026, 1, 1, tzinfo=UTC)) == []
