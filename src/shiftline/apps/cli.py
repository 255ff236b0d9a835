"""The command line. Nothing heavy is imported before a command is known: `shiftline run` starts in a fraction."""

import importlib
import os
import select
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import cast

# What a shell answers for a program that an interrupt ended, or the end of whoever read what it prints.
_INTERRUPTED, _UNREAD = 130, 141
_LISTEN = {
    "api": "127.0.0.1:8081",
    "signalling": "127.0.0.1:8082",
    "worker": "127.0.0.1:8083",
    "router": "127.0.0.1:8084",
    "media": "127.0.0.1:8085",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command of `arguments`, sys.argv's by default; ends the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        try:
            code = _run(given)
        finally:
            sys.stdout.flush()  # else the interpreter does so when nobody catches what comes of it
        sys.exit(code)
    except BrokenPipeError:
        if not _is_unread():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to print goes nowhere
        sys.exit(_UNREAD)
    except KeyboardInterrupt:  # before anything was started, or while a question was asked: nothing to clean up
        sys.exit(_INTERRUPTED)


def _is_unread() -> bool:
    """Whether whoever read the standard output (``| head``) is gone."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _run(given: Sequence[str]) -> int:
    if list(given[:1]) == ["run"] and len(given) > 1 and not given[1].startswith("-"):
        return run_program(given[1], given[2:])
    from shiftline.apps.commands import run_command

    return run_command(given)


def run_program(name: str, arguments: Sequence[str] = ()) -> int:
    """Run one program of Shiftline in this process until it ends; its settings are the `SHIFTLINE_` variables."""
    # structlog would load it, a tenth of a second, to colour the tracebacks of a console that a program does not have.
    sys.modules.setdefault("rich", cast("ModuleType", None))
    from shiftline.foundation.settings import SettingInvalidError, Settings

    if name not in _LISTEN and name != "prepare":
        print(f"There is no program {name!r}: choose one of {', '.join(_LISTEN)}.", file=sys.stderr)
        return 2
    try:
        settings = Settings.from_environment(os.environ, _LISTEN.get(name, "127.0.0.1:0"))
    except SettingInvalidError as error:
        print(f"{error}. `shiftline run {name}` needs the engines' addresses in its environment.", file=sys.stderr)
        return 2
    if name == "prepare":
        importlib.import_module("shiftline.apps.prepare").run(settings, demo="--demo" in arguments)
        return 0
    try:
        importlib.import_module(f"shiftline.apps.{name}").run(settings)
    except SettingInvalidError as error:  # one that only this program needs
        print(f"{error}, and `shiftline run {name}` needs it.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    main()
