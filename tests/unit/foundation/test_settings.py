from datetime import timedelta
from pathlib import Path

import pytest

from shiftline.apps.running import program_environment
from shiftline.foundation.settings import IceUrl, SettingInvalidError, Settings, parse_ice_url

ENGINES = {
    "SHIFTLINE_DATABASE_URL": "postgresql://shiftline:secret@/shiftline?host=%2Ftmp",
    "SHIFTLINE_NATS_URL": "nats://token@127.0.0.1:4222",
    "SHIFTLINE_OBJECTS_URL": "file:///tmp/objects",
}
CALLS = {
    "SHIFTLINE_RECORDING_KEYS": "/etc/shiftline/keys.json",
    "SHIFTLINE_LEDGER_KEYS": "/etc/shiftline/ledger-keys.json",
    "SHIFTLINE_SPOOL": "/var/spool/shiftline",
    "SHIFTLINE_MEDIA_ADDRESSES": "192.0.2.7, [2001:db8::7], 192.0.2.7",
    "SHIFTLINE_MEDIA_ADVERTISED": "198.51.100.9",
    "SHIFTLINE_MEDIA_PORTS": "40000-40999",
    "SHIFTLINE_MEDIA_PROCESSES": "3",
    "SHIFTLINE_MEDIA_SLOT": "host-7.media-2",
    "SHIFTLINE_STUN_URL": "stun:stun.example.com",
    "SHIFTLINE_TURN_URL": "turn:turn.example.com:3479?transport=tcp",
    "SHIFTLINE_TURN_SECRET": "hidden word",
}


def test_engines_alone_are_enough() -> None:
    settings = Settings.from_environment(ENGINES)
    assert settings.environment == "localhost:8443"
    assert settings.clock_offset == timedelta(0)
    assert settings.cors_origins == ()
    assert (settings.listen_host, settings.listen_port) == ("127.0.0.1", 8081)


def test_names_follow_the_environment() -> None:
    settings = Settings.from_environment({**ENGINES, "SHIFTLINE_ENVIRONMENT": "CC.Example.com:8443"})
    assert settings.host == "cc.example.com"
    assert settings.api_url == "https://api.cc.example.com:8443"
    assert settings.login_url == "https://login.cc.example.com:8443"
    assert settings.apps_url == "https://apps.cc.example.com:8443"
    assert settings.streaming_url == "wss://streaming.cc.example.com:8443"


@pytest.mark.parametrize("text", ["cc.example.com", "cc.example.com:443"])
def test_the_usual_port_is_not_written(text: str) -> None:
    assert Settings.from_environment({**ENGINES, "SHIFTLINE_ENVIRONMENT": text}).api_url == "https://api.cc.example.com"


def test_rest_is_read() -> None:
    settings = Settings.from_environment(
        {
            **ENGINES,
            "SHIFTLINE_LISTEN": "[::1]:9000",
            "SHIFTLINE_CLOCK_OFFSET": "-97000000.25",
            "SHIFTLINE_CORS_ORIGINS": "https://a.example, http://localhost:5173/",
        }
    )
    assert (settings.listen_host, settings.listen_port) == ("::1", 9000)
    assert settings.clock_offset == timedelta(seconds=-97000000.25)
    assert settings.cors_origins == ("https://a.example", "http://localhost:5173")


@pytest.mark.parametrize("name", list(ENGINES))
def test_missing_engine_is_named(name: str) -> None:
    with pytest.raises(SettingInvalidError, match=f"{name} is not set"):
        Settings.from_environment({key: value for key, value in ENGINES.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHIFTLINE_ENVIRONMENT", "https://localhost"),
        ("SHIFTLINE_ENVIRONMENT", "localhost:0"),
        ("SHIFTLINE_ENVIRONMENT", "localhost:70000"),
        ("SHIFTLINE_ENVIRONMENT", "a b"),
        ("SHIFTLINE_DATABASE_URL", "mysql://x"),
        ("SHIFTLINE_NATS_URL", "127.0.0.1:4222"),
        ("SHIFTLINE_OBJECTS_URL", "/tmp/objects"),
        ("SHIFTLINE_LISTEN", "8081"),
        ("SHIFTLINE_LISTEN", "127.0.0.1:99999"),
        ("SHIFTLINE_CLOCK_OFFSET", "yesterday"),
        ("SHIFTLINE_CLOCK_OFFSET", "nan"),
        ("SHIFTLINE_CLOCK_OFFSET", "1e300"),
        ("SHIFTLINE_CORS_ORIGINS", "*"),
        ("SHIFTLINE_CORS_ORIGINS", "https://a.example/path"),
        ("SHIFTLINE_RECORDING_KEYS", "keys.json"),
        ("SHIFTLINE_LEDGER_KEYS", "keys.json"),
        ("SHIFTLINE_SPOOL", "./spool"),
        ("SHIFTLINE_MEDIA_ADDRESSES", "cc.example.com"),
        ("SHIFTLINE_MEDIA_ADDRESSES", "0.0.0.0"),
        ("SHIFTLINE_MEDIA_ADVERTISED", "224.0.0.1"),
        ("SHIFTLINE_MEDIA_PORTS", "40000"),
        ("SHIFTLINE_MEDIA_PORTS", "40999-40000"),
        ("SHIFTLINE_MEDIA_PORTS", "0-70000"),
        ("SHIFTLINE_MEDIA_PROCESSES", "-1"),
        ("SHIFTLINE_MEDIA_PROCESSES", "65"),
        ("SHIFTLINE_MEDIA_SLOT", "../media"),
        ("SHIFTLINE_STUN_URL", "turn:turn.example.com"),
        ("SHIFTLINE_STUN_URL", "stun:stun.example.com?transport=udp"),
        ("SHIFTLINE_TURN_URL", "https://turn.example.com"),
        ("SHIFTLINE_TURN_URL", "turn:turn.example.com:0"),
        ("SHIFTLINE_TURN_URL", "turn://turn.example.com"),
    ],
)
def test_wrong_value_is_refused_by_the_variable_name(name: str, value: str) -> None:
    with pytest.raises(SettingInvalidError, match=name):
        Settings.from_environment({**ENGINES, name: value})


def test_calls_need_no_setting() -> None:
    settings = Settings.from_environment(ENGINES)
    assert (settings.recording_keys, settings.spool, settings.media_ports) == (None, None, None)
    assert (settings.media_addresses, settings.media_processes, settings.turn_url) == ((), 0, "")


def test_what_calls_are_told_is_read() -> None:
    settings = Settings.from_environment({**ENGINES, **CALLS})
    assert settings.recording_keys == Path("/etc/shiftline/keys.json")
    assert settings.ledger_keys == Path("/etc/shiftline/ledger-keys.json")
    assert settings.spool == Path("/var/spool/shiftline")
    assert settings.media_addresses == ("192.0.2.7", "2001:db8::7")
    assert settings.media_advertised == "198.51.100.9"
    assert (settings.media_ports, settings.media_processes) == ((40000, 40999), 3)
    assert settings.media_slot == "host-7.media-2"
    assert parse_ice_url(settings.stun_url) == IceUrl("stun", "stun.example.com", 3478, "")
    assert parse_ice_url(settings.turn_url) == IceUrl("turn", "turn.example.com", 3479, "tcp")
    assert parse_ice_url("turns:[2001:db8::9]") == IceUrl("turns", "2001:db8::9", 5349, "")


@pytest.mark.parametrize("told", [ENGINES, {**ENGINES, **CALLS, "SHIFTLINE_CLOCK_OFFSET": "1.5"}])
def test_a_program_is_told_the_same(told: dict[str, str]) -> None:
    settings = Settings.from_environment(told)
    assert Settings.from_environment(program_environment(settings)) == settings


def test_a_relay_without_its_secret_is_refused_and_the_secret_is_named() -> None:
    with pytest.raises(SettingInvalidError, match="SHIFTLINE_TURN_SECRET is not set"):
        Settings.from_environment({**ENGINES, **CALLS, "SHIFTLINE_TURN_SECRET": ""})


def test_secrets_are_neither_shown_nor_repeated_in_an_error() -> None:
    assert "secret" not in repr(Settings.from_environment(ENGINES))
    for settings in (Settings.from_environment({**ENGINES, **CALLS}), Settings.of_calls(CALLS)):
        assert "hidden word" not in repr(settings)
        assert settings.turn_secret == "hidden word"
    with pytest.raises(SettingInvalidError) as caught:
        Settings.from_environment({**ENGINES, "SHIFTLINE_DATABASE_URL": "mysql://shiftline:secret@/x"})
    assert "secret" not in str(caught.value)


def test_a_replica_and_its_patience() -> None:
    told = {"SHIFTLINE_REPLICA_DATABASE_URL": "postgresql://r/shiftline", "SHIFTLINE_REPLICA_PATIENCE": "1.5"}
    settings = Settings.from_environment({**ENGINES, **told, "SHIFTLINE_NODE": "host-7"})
    assert settings.replica_url == "postgresql://r/shiftline"
    assert settings.replica_patience == timedelta(seconds=1.5)
    assert Settings.from_environment(program_environment(settings)) == settings
    alone = Settings.from_environment(ENGINES)
    assert (alone.replica_url, alone.replica_patience) == ("", timedelta(milliseconds=250))
    assert alone.node


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SHIFTLINE_REPLICA_DATABASE_URL", "mysql://r/shiftline"),
        ("SHIFTLINE_REPLICA_PATIENCE", "-1"),
        ("SHIFTLINE_REPLICA_PATIENCE", "nan"),
        ("SHIFTLINE_REPLICA_PATIENCE", "soon"),
        ("SHIFTLINE_NODE", "no name"),
    ],
)
def test_what_cannot_be_of_many_nodes_is_named(name: str, text: str) -> None:
    with pytest.raises(SettingInvalidError, match=name):
        Settings.from_environment({**ENGINES, name: text})
