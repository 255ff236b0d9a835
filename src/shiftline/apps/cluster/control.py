"""How a running cluster is told to lose something: one line of JSON each way, over a socket in its folder."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

from shiftline.apps.supervisor.child import ChildFailedError, StartRefusedError

Command: TypeAlias = Callable[[str], Awaitable[Any]]

NAME = "control"
PATIENCE = 90.0
_LONGEST = 100


def path_of(data: Path) -> Path:
    """Return where the socket of a folder is; raises StartRefusedError where its path is too long for one."""
    path = data.resolve() / NAME
    if len(str(path).encode()) > _LONGEST:
        raise StartRefusedError(f"The path {path} is too long for a socket: choose a shorter --data.")
    return path


async def listen(data: Path, commands: dict[str, Command]) -> asyncio.Server:
    """Obey the commands, one at a time, until the server is closed."""
    path, one = path_of(data), asyncio.Lock()
    path.unlink(missing_ok=True)

    async def obey(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError):
            name, target = json.loads(await reader.readline())
            async with one:
                writer.write(json.dumps(await _answer(commands[name], target)).encode() + b"\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(obey, path)
    path.chmod(0o600)
    return server


async def _answer(command: Command, target: str) -> dict[str, Any]:
    try:
        return {"done": await command(target)}
    except (StartRefusedError, ChildFailedError) as refusal:
        return {"refused": str(refusal)}


def ask(data: Path, name: str, target: str = "") -> Any:
    """Give a command to the cluster on a folder and wait for what it answers. Raises StartRefusedError."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE)
        try:
            line.connect(str(path_of(data)))
        except OSError as error:
            raise StartRefusedError(f"No cluster runs on {data}: {error.strerror}.") from None
        line.sendall(json.dumps([name, target]).encode() + b"\n")
        with line.makefile() as answers:
            answer = json.loads(answers.readline() or '{"refused": "The cluster ended."}')
    if "refused" in answer:
        raise StartRefusedError(answer["refused"])
    return answer["done"]
