"""What `shiftline check` says of calls: keys, spool, UDP, STUN and TURN."""

import os
import socket
from pathlib import Path

from shiftline.apps.finding import Finding
from shiftline.foundation.settings import CallSettings, parse_ice_url
from shiftline.ledger.keys import SigningKeys
from shiftline.recordings.keys import Keys

_TRIED = 50
"""Ports of the range that are tried: calls under way may have some."""


def check_calls(settings: CallSettings) -> list[Finding]:
    """Look at what calls are told; a setting that is wrong by itself was refused before."""
    keys = [_keys(settings.recording_keys), _ledger_keys(settings.ledger_keys)]
    return [*keys, *_spool(settings.spool), *_ports(settings), *_ice(settings)]


def check_calls_to_come(settings: CallSettings, known: Path | None) -> list[Finding]:
    """The same before a start, which makes what no variable names; `known` is where the keys were at the last one."""
    file = settings.recording_keys if settings.recording_keys and settings.recording_keys.exists() else known
    return [*([] if file is None else [_keys(file)]), *_spool(settings.spool), *_ports(settings), *_ice(settings)]


def _keys(file: Path | None) -> Finding:
    if file is None:
        return Finding(holds=False, sentence="Nothing is recorded: SHIFTLINE_RECORDING_KEYS names no file of keys.")
    problem = Keys(file).problem
    return Finding(problem is None, problem or f"The recordings' keys in {file} can be used, and by this user only.")


def _ledger_keys(file: Path | None) -> Finding:
    if file is None:
        sentence = "What happens to recordings is not signed: SHIFTLINE_LEDGER_KEYS names no file of keys."
        return Finding(holds=False, sentence=sentence)
    problem = SigningKeys(file).problem
    return Finding(problem is None, problem or f"The ledger's keys in {file} can be used, and by this user only.")


def _spool(folder: Path | None) -> list[Finding]:
    if folder is None:
        return []
    if not folder.is_dir():
        return [Finding(holds=False, sentence=f"The spool {folder} is no folder (SHIFTLINE_SPOOL).")]
    usable = os.access(folder, os.W_OK)
    return [Finding(usable, f"The spool {folder} {'can' if usable else 'cannot'} be written.")]


def _ports(settings: CallSettings) -> list[Finding]:
    return [_port(address, settings.media_ports) for address in settings.media_addresses or ("",)]


def _port(address: str, ports: tuple[int, int] | None) -> Finding:
    """Whether packets can be taken there. An empty address stands for all of the machine's."""
    low, high = ports or (0, 0)
    where = address or "every address of this machine"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    problem: OSError | None = None
    for port in range(low, min(high, low + _TRIED) + 1):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.bind((address, port))
        except OSError as error:
            problem = error
        else:
            among = f"ports {low}-{high}" if ports else "any port"
            return Finding(holds=True, sentence=f"Calls can use UDP on {where}, {among}.")
    reason = problem.strerror if problem is not None else "no port"
    return Finding(holds=False, sentence=f"Calls cannot use UDP on {where}, ports {low}-{high}: {reason}.")


def _ice(settings: CallSettings) -> list[Finding]:
    """How STUN and TURN are set; whether a relay lets anybody through only a call can tell."""
    return [_resolves(name, url) for name, url in (("STUN", settings.stun_url), ("TURN", settings.turn_url)) if url]


def _resolves(name: str, url: str) -> Finding:
    host = parse_ice_url(url).host
    try:
        socket.getaddrinfo(host, None)
    except OSError as error:
        return Finding(
            holds=False,
            sentence=f"Softphones are told the {name} server {url}: {host} has no address ({error.strerror}).",
        )
    return Finding(holds=True, sentence=f"Softphones are told the {name} server {url}.")
