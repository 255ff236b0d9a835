"""The command line. Nothing heavy is imported before a command is known: `shiftline run` starts in a fraction."""

import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import cast

_LISTEN = {"api": "127.0.0.1:8081", "signalling": "127.0.0.1:8082", "worker": "127.0.0.1:8083"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command of `arguments`, sys.argv's by default; ends the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["run"] and len(given) > 1 and not given[1].startswith("-"):
        sys.exit(run_program(given[1], given[2:]))
    from shiftline.apps.commands import run_command

    sys.exit(run_command(given))


def run_program(name: str, arguments: Sequence[str] = ()) -> int:
    """Run one program of Shiftline in this process until it ends; its settings are the `SHIFTLINE_` variables."""
    # structlog would load it, a tenth of a second, to colour the tracebacks of a console that a program does not have.
    sys.modules.setdefault("rich", cast("ModuleType", None))
    from shiftline.foundation.settings import SettingInvalidError, Settings

    try:
        settings = Settings.from_environment(os.environ, _LISTEN.get(name, "127.0.0.1:8084"))
    except SettingInvalidError as error:
        print(f"{error}. `shiftline run {name}` needs the engines' addresses in its environment.", file=sys.stderr)
        return 2
    if name == "prepare":
        importlib.import_module("shiftline.apps.prepare").run(settings, demo="--demo" in arguments)
    elif name in _LISTEN:
        importlib.import_module(f"shiftline.apps.{name}").run(settings)
    else:
        print(f"There is no program {name!r}: choose one of {', '.join(_LISTEN)}.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    main()
