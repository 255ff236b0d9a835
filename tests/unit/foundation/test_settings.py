from datetime import timedelta

import pytest

from shiftline.foundation.settings import SettingInvalidError, Settings

ENGINES = {
    "SHIFTLINE_DATABASE_URL": "postgresql://shiftline:secret@/shiftline?host=%2Ftmp",
    "SHIFTLINE_NATS_URL": "nats://token@127.0.0.1:4222",
    "SHIFTLINE_OBJECTS_URL": "file:///tmp/objects",
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
    ],
)
def test_wrong_value_is_refused_by_the_variable_name(name: str, value: str) -> None:
    with pytest.raises(SettingInvalidError, match=name):
        Settings.from_environment({**ENGINES, name: value})


def test_secrets_are_neither_shown_nor_repeated_in_an_error() -> None:
    assert "secret" not in repr(Settings.from_environment(ENGINES))
    with pytest.raises(SettingInvalidError) as caught:
        Settings.from_environment({**ENGINES, "SHIFTLINE_DATABASE_URL": "mysql://shiftline:secret@/x"})
    assert "secret" not in str(caught.value)
