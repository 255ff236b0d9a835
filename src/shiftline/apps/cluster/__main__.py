"""The commands of `scripts/cluster`."""

import json as json_of
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from shiftline.apps.arguments import Bind, EnvironmentName, Json, Port, choose_environment, people, require_no_empty
from shiftline.apps.cluster import control
from shiftline.apps.cluster.network import Kind
from shiftline.apps.supervisor.child import StartRefusedError

Folder = Annotated[Path, Parameter(help="Data folder of the cluster.")]
Target = Annotated[
    str, Parameter(help="A node (a, b, c), a program (a.api), an engine (nats, a.nats, postgres, replica).")
]
Node = Annotated[str, Parameter(help="A node: a, b or c.")]

app = App(
    name="cluster",
    help="Two nodes of everything against one PostgreSQL with a replica and three NATS, on this machine, to lose parts of.",
    help_on_error=False,
    error_console=people,
    result_action="return_value",
)


@app.default
def start(
    *,
    data: Folder,
    port: Port = 8443,
    bind: Bind = "127.0.0.1",
    environment: EnvironmentName = None,
    network: Annotated[Kind | None, Parameter(help="[default: namespaces where they can be had]")] = None,
    demo: Annotated[bool, Parameter(negative=(), help="With the sample contact centre in it.")] = False,
    json: Json = False,
) -> int:
    """Run the cluster until it is stopped."""
    from shiftline.apps.cluster.running import Clustering, run

    return run(
        Clustering(
            data=data,
            environment=choose_environment(environment, port),
            port=port,
            bind=bind,
            network=network,
            demo=demo,
            json=json,
        )
    )


@app.command
def lose(target: Target, /, *, data: Folder) -> int:
    """End it with kill -9; it stays away until it is called back by `return`."""
    return _tell(control.ask(data, "lose", target))


@app.command(name="return")
def call_back(target: Target, /, *, data: Folder) -> int:
    """Start again what was lost."""
    return _tell(control.ask(data, "return", target))


@app.command
def restart(target: Target, /, *, data: Folder) -> int:
    """Stop in order and start again, one program after another."""
    return _tell(control.ask(data, "restart", target))


@app.command
def cut(node: Node, /, *, data: Folder) -> int:
    """Take a node's network away; its programs go on without knowing."""
    return _tell(control.ask(data, "cut", node))


@app.command
def mend(node: Node, /, *, data: Folder) -> int:
    """Give a node its network back."""
    return _tell(control.ask(data, "mend", node))


@app.command
def lag(*, data: Folder) -> int:
    """Let the replica fall behind: it gets the log and replays none of it."""
    return _tell(control.ask(data, "lag"))


@app.command
def catch_up(*, data: Folder) -> int:
    """Let the replica replay again."""
    return _tell(control.ask(data, "catch-up"))


@app.command
def status(*, data: Folder) -> int:
    """What runs, as which process, and what is lost."""
    return _tell(control.ask(data, "status"))


def _tell(answer: Any) -> int:
    print(json_of.dumps(answer))
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    os.environ["PYTHONTZPATH"] = ""  # the system's zone files may be older than the pinned tzdata wheel
    try:
        require_no_empty(arguments)
        result = app(list(arguments), exit_on_error=False)
    except CycloptsError:  # it has been said what is wrong
        return 2
    except StartRefusedError as refusal:
        people.print(str(refusal), style="red", markup=False)
        return 2
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
