import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shiftline.apps.check_calls import check_calls, check_calls_to_come
from shiftline.apps.finding import Finding
from shiftline.foundation.settings import CallSettings
from shiftline.ledger.keys import create_key_file as create_ledger_keys
from shiftline.recordings.keys import create_key_file


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "keys.json"
    create_key_file(file, datetime.now(UTC))
    create_ledger_keys(beside(file), datetime.now(UTC))
    return file


def beside(keys: Path) -> Path:
    """The ledger's keys."""
    return keys.with_name("ledger-keys.json")


@pytest.fixture
def taken() -> Iterator[int]:
    """A UDP port of the loopback address that another program has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def failures(findings: list[Finding]) -> list[str]:
    return [finding.sentence for finding in findings if not finding.holds]


def test_what_is_well_is_said_too(keys: Path, tmp_path: Path) -> None:
    settings = CallSettings(
        recording_keys=keys,
        ledger_keys=beside(keys),
        spool=tmp_path,
        media_addresses=("127.0.0.1",),
        stun_url="stun:127.0.0.1",
    )
    findings = check_calls(settings)
    assert failures(findings) == []
    assert [finding.sentence.split(" ")[0] for finding in findings] == ["The", "The", "The", "Calls", "Softphones"]


def test_keys_that_others_can_read_are_named_with_what_to_do(keys: Path) -> None:
    keys.chmod(0o644)
    assert f"chmod 600 {keys}" in failures(check_calls(CallSettings(recording_keys=keys, ledger_keys=beside(keys))))[0]


def test_without_keys_nothing_is_recorded_and_that_is_said() -> None:
    assert failures(check_calls(CallSettings())) == [
        "Nothing is recorded: SHIFTLINE_RECORDING_KEYS names no file of keys.",
        "What happens to recordings is not signed: SHIFTLINE_LEDGER_KEYS names no file of keys.",
    ]


def test_a_start_makes_what_is_not_named_but_not_what_is_lost(tmp_path: Path) -> None:
    assert failures(check_calls_to_come(CallSettings(), None)) == []
    assert "lost.json cannot be read" in failures(check_calls_to_come(CallSettings(), tmp_path / "lost.json"))[0]


def test_a_spool_that_is_no_folder_is_named(keys: Path, tmp_path: Path) -> None:
    settings = CallSettings(recording_keys=keys, ledger_keys=beside(keys), spool=tmp_path / "none")
    assert failures(check_calls(settings)) == [f"The spool {tmp_path / 'none'} is no folder (SHIFTLINE_SPOOL)."]


def test_a_range_whose_ports_are_all_taken_fails_and_one_more_is_enough(keys: Path, taken: int) -> None:
    def of(ports: tuple[int, int]) -> list[str]:
        return failures(
            check_calls(
                CallSettings(
                    recording_keys=keys, ledger_keys=beside(keys), media_addresses=("127.0.0.1",), media_ports=ports
                )
            )
        )

    assert of((taken, taken)) == [f"Calls cannot use UDP on 127.0.0.1, ports {taken}-{taken}: Address already in use."]
    assert of((taken, taken + 20)) == []


def test_an_address_of_another_machine_fails(keys: Path) -> None:
    (sentence,) = failures(
        check_calls(CallSettings(recording_keys=keys, ledger_keys=beside(keys), media_addresses=("192.0.2.7",)))
    )
    assert sentence.startswith("Calls cannot use UDP on 192.0.2.7")


def test_a_relay_without_an_address_is_named(keys: Path) -> None:
    settings = CallSettings(
        recording_keys=keys, ledger_keys=beside(keys), turn_url="turn:turn.invalid", turn_secret="x"
    )
    (sentence,) = failures(check_calls(settings))
    assert "TURN server turn:turn.invalid: turn.invalid has no address" in sentence
