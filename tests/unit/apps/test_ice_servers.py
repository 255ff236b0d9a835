"""Which STUN and TURN servers softphones are told of, by the settings."""

from datetime import UTC, datetime

from shiftline.apps.signalling import ice_servers
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
