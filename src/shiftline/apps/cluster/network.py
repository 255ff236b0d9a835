"""A network for each node: a namespace of the kernel with an address of its own, on one bridge; else a loopback address each.

In a namespace a program sees nothing of the other nodes but what goes over the bridge, and its link can be cut. That needs Linux, root
(CAP_NET_ADMIN, CAP_SYS_ADMIN) and the programs `ip` and `nsenter`; where that is not given every node has a loopback address of its
own, and cannot be cut off. The addresses are of 198.18.0.0/15, which is for tests alone (RFC 2544).
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from shiftline.apps.supervisor.child import StartRefusedError

Kind: TypeAlias = Literal["namespaces", "loopback"]

HUB = "hub"
_OURS = re.compile(r"\bsl(\d+)-\w+")
_SUBNETS = 250


@dataclass(frozen=True)
class Network:
    """The addresses of the hub and of each node; `prefix` begins the names of what was made for it."""

    kind: Kind
    prefix: str
    subnet: str
    nodes: tuple[str, ...]

    def address(self, node: str) -> str:
        """Return the address of a node or of the hub."""
        number = 1 if node == HUB else 10 + self.nodes.index(node)
        return f"{self.subnet}.{number}"

    @property
    def addresses(self) -> str:
        """All addresses that programs come from, as PostgreSQL writes a network."""
        # On the loopback network nobody comes from the address that they listen on.
        return "127.0.0.0/8" if self.kind == "loopback" else f"{self.subnet}.0/24"

    def on(self, node: str, command: tuple[str, ...]) -> tuple[str, ...]:
        """Return the command by which a program is run on a node."""
        if self.kind == "loopback" or node == HUB:
            return command
        return ("nsenter", f"--net=/run/netns/{self._name(node)}", "--", *command)

    def make(self) -> None:
        """Make the networks. Raises StartRefusedError."""
        if self.kind == "loopback":
            return
        bridge = f"{self.prefix}-br"
        _ip("link", "add", bridge, "type", "bridge")
        _ip("addr", "add", f"{self.address(HUB)}/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for node in self.nodes:
            name, outside = self._name(node), self._name(node)
            _ip("netns", "add", name)
            _ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("link", "set", outside, "master", bridge, "up")
            _ip("-n", name, "addr", "add", f"{self.address(node)}/24", "dev", "eth0")
            _ip("-n", name, "link", "set", "eth0", "up")
            _ip("-n", name, "link", "set", "lo", "up")

    def link(self, node: str, state: Literal["up", "down"]) -> None:
        """Cut a node off, or let it back. Raises StartRefusedError where nodes have no link of their own."""
        if self.kind == "loopback":
            raise StartRefusedError("Nodes with loopback addresses cannot be cut off: that needs network namespaces.")
        _ip("link", "set", self._name(node), state)

    def remove(self) -> None:
        """Remove what was made; what is not there any more is no error."""
        if self.kind == "namespaces":
            _remove(self.prefix)

    def _name(self, node: str) -> str:
        return f"{self.prefix}-{node}"


def choose_network(nodes: Sequence[str], wanted: Kind | None = None) -> Network:
    """Return the best network that can be had, or the one that is wanted. Raises StartRefusedError."""
    prefix = f"sl{os.getpid()}"
    able = _can_make_namespaces()
    if wanted == "namespaces" and not able:
        raise StartRefusedError("Network namespaces need Linux, root and the programs ip and nsenter.")
    if wanted == "loopback" or not able:
        # A part of the loopback network for each cluster: Linux has all of 127.0.0.0/8, macOS its first address alone.
        if sys.platform != "linux":
            raise StartRefusedError("A cluster on one machine needs Linux: it has a loopback address for each node.")
        return Network("loopback", prefix, f"127.{64 + os.getpid() % 128}.{os.getpid() // 128 % 256}", tuple(nodes))
    remove_leftovers()
    taken = subprocess.run(("ip", "-4", "-o", "addr"), capture_output=True, text=True, check=True).stdout
    for number in range(_SUBNETS):
        subnet = f"198.18.{(os.getpid() + number) % _SUBNETS}"
        if f" {subnet}." not in taken:
            return Network("namespaces", prefix, subnet, tuple(nodes))
    raise StartRefusedError("All networks of 198.18.0.0/16 are taken on this machine.")


def remove_leftovers() -> None:
    """Remove the networks of clusters whose process was killed."""
    listed = subprocess.run(("ip", "-o", "link"), capture_output=True, text=True, check=False).stdout
    spaces = subprocess.run(("ip", "netns", "list"), capture_output=True, text=True, check=False).stdout
    for pid in {int(number) for number in _OURS.findall(listed + spaces)}:
        if not Path(f"/proc/{pid}").exists():
            _remove(f"sl{pid}")


def _remove(prefix: str) -> None:
    spaces = subprocess.run(("ip", "netns", "list"), capture_output=True, text=True, check=False).stdout
    for name in (line.split()[0] for line in spaces.splitlines() if line.startswith(f"{prefix}-")):
        with contextlib.suppress(StartRefusedError):
            _ip("netns", "del", name)  # its link goes with it
    with contextlib.suppress(StartRefusedError):
        _ip("link", "del", f"{prefix}-br")


def _can_make_namespaces() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("nsenter")):
        return False
    probe = f"sl{os.getpid()}-probe"
    made = subprocess.run(("ip", "netns", "add", probe), capture_output=True, check=False)
    if made.returncode != 0:
        return False
    linked = subprocess.run(
        ("ip", "link", "add", f"sl{os.getpid()}-pr", "type", "bridge"), capture_output=True, check=False
    )
    if linked.returncode == 0:
        _ip("link", "del", f"sl{os.getpid()}-pr")
    _ip("netns", "del", probe)
    return linked.returncode == 0


def _ip(*arguments: str) -> None:
    done = subprocess.run(("ip", *arguments), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StartRefusedError(f"ip {' '.join(arguments)} failed: {done.stderr.strip()}")
