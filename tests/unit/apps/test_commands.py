import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shiftline.apps.arguments import choose_environment, parse_instant
from shiftline.apps.cli import run_program
from shiftline.apps.commands import run_command
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.welcome import trust_command, welcome


@pytest.mark.parametrize(
    ("given", "port", "environment"),
    [
        (None, 8443, "localhost:8443"),
        (None, 443, "localhost"),
        ("cc.example.com", 9000, "cc.example.com:9000"),
        ("cc.example.com:443", 9000, "cc.example.com"),
    ],
)
def test_environment_is_the_host_on_the_edges_port_unless_told(given: str | None, port: int, environment: str) -> None:
    assert choose_environment(given, port) == environment


def test_environment_that_is_no_host_is_refused() -> None:
    with pytest.raises(StartRefusedError, match=r"^--environment: 'https://x' is not HOST"):
        choose_environment("https://x", 8443)


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_a_port_that_is_none_is_refused_by_its_own_name(port: int) -> None:
    with pytest.raises(StartRefusedError, match=f"^--port: {port} is no port"):
        choose_environment(None, port)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo", "--data", ""], "--data is empty."),
        (["why", ""], "An argument is empty."),
        (["why", "\udcff\udcfe"], "AGENT: b'\\xff\\xfe' is no UTF-8 text."),
        (["why", "Ana", "--at", "9999-12-31T23:59:59-12:00"], "--at: the year must be from 1990 to 2200."),
        (["demo", "--clock", "0001-01-01T00:00:00Z"], "--clock: the year must be from 1990 to 2200."),
        (["serve", "--media-processes", "65"], "--media-processes: choose a number from 1 to 64, not 65."),
        (["demo", "--clock", "2023-10-27"], "Add one: 2023-10-27T00:00:00-05:00, 2023-10-27T00:00:00Z."),
    ],
)
def test_odd_arguments_are_refused_in_words(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_wrong_setting_of_calls_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHIFTLINE_MEDIA_PORTS", "many")
    assert run_command(["serve", "--data", str(tmp_path / "data")]) == 2
    assert "SHIFTLINE_MEDIA_PORTS: 'many' is not a range of ports" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["recording-keys", "ledger-keys"])
def test_file_of_keys_is_made_once_and_rotated(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "keys.json"
    assert run_command([command, str(file)]) == 0
    first = capsys.readouterr().out.strip()
    assert run_command([command, str(file)]) == 2
    assert f"{file} cannot be made: File exists." in capsys.readouterr().err
    assert run_command([command, str(file), "--rotate"]) == 0
    assert [each["id"] for each in json.loads(file.read_text())] == [capsys.readouterr().out.strip(), first]


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (None, 0o600, "cannot be read: No such file or directory"),
        ("keys", 0o600, "is not as it should be"),
        ("[]", 0o644, "chmod 600"),
    ],
    ids=["missing", "no-keys", "open-to-others"],
)
def test_what_is_no_file_of_keys_is_not_rotated(
    content: str | None, mode: int, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "keys.json"
    if content is not None:
        file.touch(mode)
        file.write_text(content)
    assert run_command(["recording-keys", str(file), "--rotate"]) == 2
    said = capsys.readouterr().err.replace("\n", " ")
    assert f"{file} cannot be rotated." in said
    assert reason in said


def test_an_interrupt_ends_a_command_without_a_traceback() -> None:
    # A shell that starts tests in the background has them ignore interrupts, and their children with them.
    script = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    script += (
        "import _thread, sys, shiftline.apps.commands as c; c.run_command = lambda _: _thread.interrupt_main() or 0"
    )
    script += "; from shiftline.apps.cli import main; sys.setswitchinterval(1e-6); main(['check'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize("lines", [1, 100_000])
def test_whoever_stops_reading_ends_a_command_without_a_traceback(lines: int) -> None:
    """`shiftline why AGENT | head -1`: some of it may be written only when the interpreter ends."""
    script = f"import shiftline.apps.commands as c; c.run_command = lambda _: print('told\\n' * {lines}) or 3"
    script += "; from shiftline.apps.cli import main; input(); main(['why'])"
    started = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    started.stdout.close()
    _, said = started.communicate("now\n", timeout=60)
    assert (started.returncode, said) == (141, "")


@pytest.mark.parametrize("text", ["2023-10-27T05:45:00-05:00", "2023-10-27T10:45:00Z", "20231027T104500+0000"])
def test_clock_is_an_instant(text: str) -> None:
    assert parse_instant("--clock", text) == datetime(2023, 10, 27, 10, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"), [("2023-10-27T05:45:00", "has no offset"), ("yesterday", "is no ISO 8601")]
)
def test_clock_without_an_offset_is_refused_in_words(
    text: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["demo", "--clock", text]) == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert said.out == ""


def test_a_program_that_is_none_is_told_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program("nothing") == 2
    assert (
        capsys.readouterr().err
        == "There is no program 'nothing': choose one of api, signalling, worker, router, media.\n"
    )


def test_program_without_its_engines_names_the_missing_variable() -> None:
    command = [sys.executable, "-m", "shiftline.apps.cli", "run", "api"]
    done = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
    assert done.returncode == 2
    assert "SHIFTLINE_DATABASE_URL is not set" in done.stderr


def loaded_by(script: str) -> set[str]:
    """The modules in a fresh interpreter after a script."""
    script += "; import sys; print(*(name for name, module in sys.modules.items() if module is not None))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env={}, check=True)
    return set(done.stdout.split())


def test_running_a_program_loads_no_command_line_library() -> None:
    assert not loaded_by("import shiftline.apps.cli as c; c.run_program('nothing')") & {"cyclopts", "rich"}


@pytest.mark.parametrize(
    ("script", "unneeded"),
    [
        ("import shiftline.apps.worker; from shiftline.apps import rooms; rooms.load('jobs')", "litestar"),
        ("import shiftline.apps.signalling; from shiftline.apps import rooms; rooms.load('topics')", "litestar"),
        ("import shiftline.apps.prepare", "litestar"),
        ("import shiftline.apps.prepare", "shiftline.workforce.schedule.model"),
    ],
)
def test_a_start_loads_nothing_that_only_others_need(script: str, unneeded: str) -> None:
    assert unneeded not in loaded_by(script)


def test_welcome_tells_where_to_go_how_to_sign_in_and_how_to_trust() -> None:
    agents = [{"email": f"agent{number}@x.example", "password": f"secret-{number}"} for number in range(9)]
    text = welcome(
        {
            "environment": "localhost:8443",
            "apiUrl": "https://api.localhost:8443",
            "caCertificate": "/data/a folder/root.crt",
            "recordingKeys": "/data/keys/recording-keys.json",
            "admin": {"email": "admin@x.example", "password": "p", "clientId": "id", "clientSecret": "s"},
            "agents": agents,
        }
    )
    assert "https://apps.localhost:8443" in text
    assert "admin@x.example  password p" in text
    assert text.count("@x.example") == 4
    assert "-i '/data/a folder/root.crt'" in text
    assert "/data/keys/recording-keys.json\n  Whoever loses it loses the recordings" in text
    assert "--cacert '/data/a folder/root.crt'" in text


@pytest.mark.parametrize("platform", ["darwin", "linux"])
def test_trust_command_can_be_pasted_as_it_stands(platform: str) -> None:
    command = trust_command("/x y/root.crt", platform)
    assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0
    assert command.endswith("'/x y/root.crt'")


def test_trust_command_is_the_platforms_own() -> None:
    assert trust_command("/x/root.crt", "darwin").startswith("security add-trusted-cert")
    assert "certutil" in trust_command("/x/root.crt", "linux")
