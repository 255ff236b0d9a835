"""What a person reads once everything is up: where to go, how to sign in, how to trust the certificate."""

import shlex
import sys
from collections.abc import Mapping
from typing import Any

_AGENTS_SHOWN = 3


def welcome(ready: Mapping[str, Any]) -> str:
    """Return the text for the ready line's content."""
    environment = ready["environment"]
    lines = ["", "Shiftline is ready.", "", f"  Open      https://apps.{environment}"]
    lines += _sign_in(ready)
    lines += [f"  API       {ready['apiUrl']}  (also https://{environment}/api)"]
    certificate = str(ready["caCertificate"])
    lines += [
        "",
        f"Its certificate is its own authority's. To trust it {_browsers()}:",
        f"  {trust_command(certificate)}",
    ]
    lines += [f"  curl and scripts: --cacert {shlex.quote(certificate)}", ""]
    if "recordingKeys" in ready:
        lines += [
            "Calls are recorded and encrypted. Their keys are in a file of their own: keep a copy of it elsewhere.",
            f"  {ready['recordingKeys']}",
            "  Whoever loses it loses the recordings; whoever has it and the data folder can hear them.",
            "",
        ]
    lines += ["Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def trust_command(certificate: str, platform: str = sys.platform) -> str:
    """Return the one command by which a browser of this machine trusts the authority."""
    path = shlex.quote(certificate)
    if platform == "darwin":
        return f"security add-trusted-cert -k ~/Library/Keychains/login.keychain-db {path}"
    return f"mkdir -p ~/.pki/nssdb && certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Shiftline -i {path}"


def _browsers(platform: str = sys.platform) -> str:
    """For whom the command is: beside it, for the line of the command is copied as it stands."""
    return "in Safari and Chrome" if platform == "darwin" else "in Chromium or Chrome (certutil is in libnss3-tools)"


def _sign_in(ready: Mapping[str, Any]) -> list[str]:
    """Return the people one can sign in as: the administrator, the first few agents, and a supervisor, and who does compliance."""
    admin: Mapping[str, Any] = ready.get("admin", {})
    people = [("Sign in", admin)] if "password" in admin else []
    people += [("or as", agent) for agent in ready.get("agents", [])[:_AGENTS_SHOWN]]
    people += [("or as", each) for group in ("supervisors", "compliance") for each in ready.get(group, [])[:1]]
    lines = [f"  {label:<9} {person['email']}{_password(person)}" for label, person in people]
    if "clientId" in admin:
        lines.append(f"  Client    {admin['clientId']}  secret {admin['clientSecret']}")
    return lines


def _password(person: Mapping[str, Any]) -> str:
    """What is shown of a password; of a folder that was put back from a backup nobody knows any here."""
    return f"  password {person['password']}" if "password" in person else ""
