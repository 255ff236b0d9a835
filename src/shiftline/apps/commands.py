"""The commands of `shiftline`, with their parameters; what they do is in the modules they call."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

from shiftline.apps import keeping
from shiftline.apps.ready import announcer
from shiftline.apps.supervisor.child import ChildFailedError, StartRefusedError
from shiftline.foundation.settings import MOST_MEDIA_PROCESSES, SettingInvalidError, parse_environment

# Everything for people goes to standard error: standard output is for what scripts read.
_people = Console(stderr=True, highlight=False, soft_wrap=True)

app = App(
    name="shiftline",
    help="A contact-centre core in which the schedule and the phone never disagree.",
    help_on_error=False,
    error_console=_people,
    result_action="return_value",
)

_LARGEST_PORT = 65535
_LONGEST_TALK = 3600
# Each costs a tenth of a core.
_MOST_CALLERS = 20
_YEARS = range(1990, 2201)

Data = Annotated[
    Path | None, Parameter(help="Data folder. [default: .data here, or the user's own where that cannot be]")
]
Port = Annotated[int, Parameter(help="Port of the edge.")]
Bind = Annotated[str, Parameter(help="Address to listen on; this machine only unless told otherwise.")]
EnvironmentName = Annotated[
    str | None, Parameter(name="--environment", help="HOST[:PORT] as clients see it. [default: localhost:PORT]")
]
RecordingKeys = Annotated[
    Path | None,
    Parameter(help="File of the keys that encrypt recordings. [default: DATA/keys/recording-keys.json]"),
]
LedgerKeys = Annotated[
    Path | None,
    Parameter(help="File of the keys that sign the ledger. [default: DATA/keys/ledger-keys.json]"),
]
ArchiveTo = Annotated[
    Path | None,
    Parameter(help="Folder of backups into which the database's log is archived, so that any instant can be put back."),
]
MediaProcesses = Annotated[
    int, Parameter(help="Processes that carry calls. [default: one for each core, 8 at most]", show_default=False)
]
Json = Annotated[bool, Parameter(name="--json", negative=(), help="One line of JSON on standard output once ready.")]


def run_command(arguments: Sequence[str]) -> int:
    """Run the command of `arguments` and return its exit code; what a person must change is said in a sentence."""
    # The system's zone files may be older than the pinned tzdata wheel.
    os.environ["PYTHONTZPATH"] = ""
    try:
        _require_no_empty(arguments)
        result = app(list(arguments), exit_on_error=False)
    except CycloptsError:  # it has been said what is wrong
        return 2
    except (StartRefusedError, SettingInvalidError) as refusal:
        _people.print(str(refusal), style="red", markup=False)
        return 2
    except ChildFailedError as failure:
        _people.print(str(failure), style="red", markup=False)
        return 1
    return result if isinstance(result, int) else 0


@app.command
def serve(
    *,
    data: Data = None,
    port: Port = 8443,
    bind: Bind = "127.0.0.1",
    environment: EnvironmentName = None,
    recording_keys: RecordingKeys = None,
    ledger_keys: LedgerKeys = None,
    archive_to: ArchiveTo = None,
    media_processes: MediaProcesses = 0,
    json: Json = False,
) -> int:
    """Run everything on this machine: engines, programs and the edge. An empty folder gets an organization and an admin."""
    from shiftline.apps.serve import Serving
    from shiftline.apps.serve import serve as run

    return run(
        Serving(
            data=data or default_data_folder(),
            environment=choose_environment(environment, port),
            port=port,
            bind=bind,
            recording_keys=recording_keys,
            ledger_keys=ledger_keys,
            archive_to=choose_archive(archive_to),
            media_processes=check_media_processes(media_processes),
            json=json,
        )
    )


@app.command
def demo(
    *,
    data: Data = None,
    port: Port = 8443,
    bind: Bind = "127.0.0.1",
    environment: EnvironmentName = None,
    clock: Annotated[
        str | None, Parameter(help="Start the application's clock here: 2023-10-27T05:45:00-05:00.")
    ] = None,
    recording_keys: RecordingKeys = None,
    ledger_keys: LedgerKeys = None,
    archive_to: ArchiveTo = None,
    media_processes: MediaProcesses = 0,
    callers: Annotated[int, Parameter(help="So many synthetic callers ring once all is ready.")] = 0,
    json: Json = False,
) -> int:
    """Run everything with the sample contact centre in it."""
    from shiftline.apps.serve import Serving
    from shiftline.apps.serve import serve as run

    instant = None if clock is None else parse_instant("--clock", clock)
    return run(
        Serving(
            data=data or default_data_folder(),
            environment=choose_environment(environment, port),
            port=port,
            bind=bind,
            demo=True,
            clock=instant,
            recording_keys=recording_keys,
            ledger_keys=ledger_keys,
            archive_to=choose_archive(archive_to),
            media_processes=check_media_processes(media_processes),
            callers=_check_callers(callers, least=0),
            json=json,
        )
    )


@app.command
def run(program: Literal["api", "signalling", "worker", "router", "media"], /) -> int:
    """Run one program alone, with external engines named by SHIFTLINE_DATABASE_URL, SHIFTLINE_NATS_URL, SHIFTLINE_OBJECTS_URL."""
    from shiftline.apps.cli import run_program

    return run_program(program)


@app.command
def call(
    *,
    queue: Annotated[
        str | None, Parameter(help="Id of the queue. [default: the open one that most agents are in]")
    ] = None,
    callers: Annotated[int, Parameter(help="How many call, one after another.")] = 1,
    seconds: Annotated[float, Parameter(help="How long each talks once an agent answered.")] = 45.0,
    data: Data = None,
) -> int:
    """Call a queue from the web, as somebody who is not there: they say a sentence and listen. Exit code 0: all were answered."""
    _check_callers(callers, least=1)
    if not 0 <= seconds <= _LONGEST_TALK:
        raise StartRefusedError(f"--seconds: choose a number from 0 to {_LONGEST_TALK}, not {seconds:g}.")
    from shiftline.apps.callers.ringing import Ringing, run

    ringing = Ringing(data=data or default_data_folder(), count=callers, queue_id=queue, seconds=seconds)
    return run(ringing, announcer())


@app.command
def migrate(*, data: Data = None) -> int:
    """Bring the database up to this version: the one of SHIFTLINE_DATABASE_URL, else of the running data folder."""
    import asyncio

    import psycopg

    from shiftline.apps.running import find_settings
    from shiftline.foundation import migrations

    try:
        applied = asyncio.run(migrations.migrate(find_settings(data or default_data_folder()).database_url))
    except (psycopg.Error, RuntimeError) as error:
        _people.print(f"The database cannot be brought up to this version: {error}.", style="red", markup=False)
        return 1
    for name in applied:
        print(name)
    _people.print(f"{len(applied)} migrations applied" if applied else "The database is up to date.")
    return 0


@app.command
def check(*, data: Data = None, port: Port = 8443, bind: Bind = "127.0.0.1") -> int:
    """Look at the configuration and the engines, and say in plain words what is well and what is not."""
    import asyncio

    from shiftline.apps.check import check_installation

    findings = asyncio.run(check_installation(data or default_data_folder(), bind, port))
    for finding in findings:
        print(f"{'ok  ' if finding.holds else 'FAIL'}  {finding.sentence}")
    return 0 if all(finding.holds for finding in findings) else 1


@app.command
def why(
    agent: Annotated[str, Parameter(help="A user's id, e-mail address or name.")],
    /,
    *,
    action: Annotated[
        Literal["sign-in", "connect", "receive", "record"], Parameter(help="What they want to do, or what is done.")
    ] = "connect",
    conversation: Annotated[
        str | None, Parameter(help="Id of a call: why they got it or not, or whether it is recorded.")
    ] = None,
    queue: Annotated[
        str | None, Parameter(help="Id of a queue whose calls are meant. [default: all of theirs]")
    ] = None,
    at: Annotated[
        str | None, Parameter(help="Past or coming instant: 2023-10-27T06:00:00-05:00. [default: now]")
    ] = None,
    data: Data = None,
    json: Annotated[bool, Parameter(name="--json", negative=(), help="The whole decision as JSON.")] = False,
) -> int:
    """Say whether an agent may sign in, connect or receive calls, whether calls are recorded, and why.

    Exit code 0: they may, or it is so; 3: not; 4: could not be known.
    """
    import asyncio

    instant = None if at is None else parse_instant("--at", at)
    _require_text("AGENT", agent)
    for option, text in (("--conversation", conversation), ("--queue", queue)):
        if text is not None:
            _require_text(option, text)
            if action not in ("receive", "record"):
                raise StartRefusedError(f"{option} has a meaning only with --action receive or record.")
    from shiftline.apps.running import find_settings
    from shiftline.apps.why import Question, ask_why, in_json, in_words
    from shiftline.foundation.telemetry import configure_logs

    configure_logs("error")
    question = Question(agent=agent, action=action, at=instant, conversation_id=conversation, queue_id=queue)
    answer = asyncio.run(ask_why(find_settings(data or default_data_folder()), question))
    print(in_json(answer) if json else in_words(answer))
    return answer.exit_code


@app.command
def export(
    *,
    to: Annotated[
        str, Parameter(help="folder:NAME, zip:NAME or s3:NAME below what is set; or a path, or s3://BUCKET/PREFIX.")
    ],
    matter: Annotated[str, Parameter(help="How the matter is called in the package.")],
    reason: Annotated[str, Parameter(help="Why it is exported, as the package says.")],
    operator: Annotated[str, Parameter(help="Who exports it, as the package says.")],
    organization: Annotated[str | None, Parameter(help="Id of the organization. [default: the only one]")] = None,
    held_by: Annotated[str | None, Parameter(help="Id of a matter: only what it holds.")] = None,
    agent: Annotated[tuple[str, ...], Parameter(negative=(), help="Id of a user who took part; may be repeated.")] = (),
    queue: Annotated[tuple[str, ...], Parameter(negative=(), help="Id of a queue; may be repeated.")] = (),
    conversation: Annotated[
        tuple[str, ...], Parameter(negative=(), help="Id of a conversation; may be repeated.")
    ] = (),
    channel: Annotated[
        tuple[Literal["call", "message", "email"], ...], Parameter(negative=(), help="Only these; may be repeated.")
    ] = (),
    from_: Annotated[
        str | None, Parameter(name="--from", help="Some of the conversation is after: 2023-10-27T06:00:00-05:00.")
    ] = None,
    until: Annotated[str | None, Parameter(help="And before.")] = None,
    lock_mode: Annotated[
        Literal["GOVERNANCE", "COMPLIANCE"] | None, Parameter(help="Lock each object of a bucket.")
    ] = None,
    retain_until: Annotated[str | None, Parameter(help="Until when a lock lasts.")] = None,
    legal_hold: Annotated[bool, Parameter(negative=(), help="Put each object of a bucket under legal hold.")] = False,
    vendor_media: Annotated[bool, Parameter(negative=(), help="Put the sound into the vendor's layout, too.")] = False,
    data: Data = None,
    json: Annotated[bool, Parameter(name="--json", negative=(), help="Progress as lines of JSON.")] = False,
) -> int:
    """Export conversations for a matter, and tell how far it is until it is sealed. Exit code 0: it is; 3: it cannot go on."""
    import asyncio

    from shiftline.apps.export import Wish, run_wish
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs

    configure_logs("error")
    wish = Wish(
        matter=matter,
        reason=reason,
        to=to,
        operator=operator,
        organization=organization,
        held_by=held_by,
        agents=agent,
        queues=queue,
        conversations=conversation,
        channels=channel,
        since=None if from_ is None else parse_instant("--from", from_),
        until=None if until is None else parse_instant("--until", until),
        lock_mode=lock_mode,
        retain_until=None if retain_until is None else parse_instant("--retain-until", retain_until),
        legal_hold=legal_hold,
        vendor_media=vendor_media,
    )
    return asyncio.run(run_wish(find_settings(data or default_data_folder()), wish, as_json=json))


@app.command
def create_organization(
    name: Annotated[str, Parameter(help="Its name.")],
    /,
    *,
    email: Annotated[str, Parameter(help="The administrator's e-mail address.")],
    domain: Annotated[str | None, Parameter(help="A short word of its own. [default: made of the name]")] = None,
    data: Data = None,
) -> int:
    """Make an organization with its roles, an administrator and a client for scripts. Prints their secrets, once, as JSON."""
    import asyncio
    import json

    from shiftline.apps.organization import Founding, domain_of, found_organization
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs

    configure_logs("error")
    founding = Founding(name=name, domain=domain or domain_of(name), email=email)
    made = asyncio.run(found_organization(find_settings(data or default_data_folder()), founding))
    print(json.dumps(made))
    _people.print(f"{name} is there. Its administrator signs in as {email}.", markup=False)
    return 0


@app.command
def recording_keys(
    file: Annotated[Path, Parameter(help="The file.")],
    /,
    *,
    rotate: Annotated[bool, Parameter(negative=(), help="Put a new key before those in it, which still open.")] = False,
    rewrap: Annotated[
        bool, Parameter(negative=(), help="Let the first key wrap what others wrapped; no sound is touched.")
    ] = False,
    data: Data = None,
) -> int:
    """Make the file of keys that encrypt recordings, for an installation on external engines. Prints the new key's id.

    Where the file names a token, --rotate makes the new key there.
    """
    from datetime import UTC

    from shiftline.recordings.errors import KeysUnavailable
    from shiftline.recordings.keys import Keys, create_key_file

    now = datetime.now(UTC)
    if rotate or not rewrap:
        try:
            print(Keys(file.absolute()).service.add_key(now) if rotate else create_key_file(file.absolute(), now))
        except OSError as error:
            raise StartRefusedError(f"{file} cannot be {'rotated' if rotate else 'made'}: {error.strerror}.") from None
        except KeysUnavailable as error:
            raise StartRefusedError(f"{file} cannot be rotated. {error.message}") from None
    if rewrap:
        _rewrap(file.absolute(), data or default_data_folder())
    _people.print(f"{file}: keep a copy elsewhere. Whoever loses it loses the recordings.", markup=False)
    return 0


def _rewrap(file: Path, data: Path) -> None:
    import asyncio

    from shiftline.apps.rewrapping import rewrap
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs
    from shiftline.recordings.operations.rewrapping import Progress

    def tell(progress: Progress) -> None:
        _people.print(f"{progress.done} of {progress.total} keys are wrapped by {progress.key_id}", markup=False)

    configure_logs("error")
    asyncio.run(rewrap(find_settings(data), file, tell))


@app.command
def ledger_keys(
    file: Annotated[Path, Parameter(help="The file.")],
    /,
    *,
    rotate: Annotated[bool, Parameter(negative=(), help="Put a new key before those in it; all of them sign.")] = False,
) -> int:
    """Make the file of keys that sign the ledger, for an installation on external engines. Prints the new key's id."""
    from datetime import UTC

    from shiftline.ledger.keys import create_key_file, rotate_key_file

    try:
        print((rotate_key_file if rotate else create_key_file)(file.absolute(), datetime.now(UTC)))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no file of keys"
        raise StartRefusedError(f"{file} cannot be {'rotated' if rotate else 'made'}: {reason}.") from None
    _people.print(f"{file}: keep a copy elsewhere. Whoever has it can sign in this installation's name.", markup=False)
    return 0


@app.command
def verify_ledger(
    *,
    organization: Annotated[str | None, Parameter(help="Id of the organization. [default: every one]")] = None,
    against: Annotated[
        Path | None, Parameter(help="A checkpoint that was kept elsewhere: its log must still be contained.")
    ] = None,
    data: Data = None,
) -> int:
    """Recompute the ledger from its entries and say where it differs first from what was signed. Exit code 0: nowhere; 3: it does."""
    import asyncio

    from shiftline.apps.ledgers import verify_ledgers
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs

    configure_logs("error")
    findings = asyncio.run(verify_ledgers(find_settings(data or default_data_folder()), organization, against))
    for finding in findings:
        print(f"{'ok  ' if finding.holds else 'FAIL'}  {finding.sentence}")
    return 0 if all(finding.holds for finding in findings) else 3


@app.command
def verify(
    package: Annotated[str, Parameter(help="A folder, a ZIP, or s3://BUCKET/PREFIX.")],
    /,
    *,
    key: Annotated[Path | None, Parameter(help="The organization's public key (PEM), got on another way.")] = None,
    authority: Annotated[
        Path | None, Parameter(help="Certificates (PEM) under which a timestamp authority is trusted.")
    ] = None,
    log_key: Annotated[str | None, Parameter(help="The ledger's verifier key: name+id+base64.")] = None,
    organization: Annotated[str | None, Parameter(help="Id of the organization that it must be of.")] = None,
    json: Annotated[bool, Parameter(name="--json", negative=(), help="The whole report as JSON.")] = False,
) -> int:
    """Say whether a legal export is as it was made, and in one sentence what is wrong with it and where. Needs no database.

    Exit code 0: it is; 3: something is wrong; 2: there is no package to look at.
    """
    from shiftline.apps.verify import in_json, in_words, verify_at

    report = verify_at(package, key=key, authority=authority, log_key=log_key, organization=organization)
    print(in_json(report) if json else in_words(report))
    return report.exit_code


@app.command
def openapi() -> int:
    """Print the OpenAPI document of every operation, as JSON. Needs no engine."""
    from shiftline.apps.openapi import document

    print(document())
    return 0


keeping.add_to(app)


def _require_no_empty(arguments: Sequence[str]) -> None:
    """Raise StartRefusedError for an argument without a letter: a variable that was not set, and `--data ""` is here."""
    for before, argument in zip(("", *arguments), arguments, strict=False):
        if not argument.strip():
            raise StartRefusedError(f"{before if before.startswith('-') else 'An argument'} is empty.")


def _require_text(name: str, argument: str) -> None:
    """Raise StartRefusedError for bytes that are no text: they come as lone surrogates, which nobody's name holds."""
    if any("\ud800" <= letter <= "\udfff" for letter in argument):
        raise StartRefusedError(f"{name}: {os.fsencode(argument)!r} is no UTF-8 text.")


def choose_archive(named: Path | None) -> Path | None:
    """Return the folder of backups that the database's log goes to, as named or as SHIFTLINE_ARCHIVE_TO says."""
    told = named or os.environ.get("SHIFTLINE_ARCHIVE_TO")
    return None if not told else Path(told).absolute()


def parse_instant(option: str, text: str) -> datetime:
    """Return the instant of ISO 8601 text given for `option`; raises StartRefusedError for one without an offset."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise StartRefusedError(
            f"{option}: {text!r} is no ISO 8601 instant such as 2023-10-27T05:45:00-05:00."
        ) from None
    if instant.tzinfo is None:
        wall = instant.isoformat()
        raise StartRefusedError(
            f"{option}: {text!r} has no offset, so it names no instant. Add one: {wall}-05:00, {wall}Z."
        )
    if instant.year not in _YEARS:
        raise StartRefusedError(f"{option}: the year must be from {_YEARS.start} to {_YEARS.stop - 1}.")
    return instant


def _check_callers(number: int, *, least: int) -> int:
    if not least <= number <= _MOST_CALLERS:
        raise StartRefusedError(f"--callers: choose a number from {least} to {_MOST_CALLERS}, not {number}.")
    return number


def check_media_processes(number: int) -> int:
    """Return the number, 0 for the usual one; raises StartRefusedError for what cannot be."""
    if not 0 <= number <= MOST_MEDIA_PROCESSES:
        raise StartRefusedError(f"--media-processes: choose a number from 1 to {MOST_MEDIA_PROCESSES}, not {number}.")
    return number


def choose_environment(given: str | None, port: int) -> str:
    """Return HOST[:PORT] as clients see it: a host given without a port is served on the edge's."""
    if not 0 < port <= _LARGEST_PORT:
        raise StartRefusedError(f"--port: {port} is no port: choose one from 1 to {_LARGEST_PORT}.")
    try:
        text = given or "localhost"
        return parse_environment(text if ":" in text else f"{text}:{port}")
    except ValueError as error:
        raise StartRefusedError(f"--environment: {error}.") from None


def default_data_folder() -> Path:
    """Return `.data` here where it can be used, else a folder of the user's that can."""
    from shiftline.apps.engines.account import is_traversable

    here = Path.cwd()
    if os.access(here, os.W_OK) and is_traversable(here):
        return here / ".data"
    if os.geteuid() == 0:
        fallback = Path("/var/lib/shiftline")
    elif sys.platform == "darwin":
        fallback = Path.home() / "Library" / "Application Support" / "Shiftline"
    else:
        fallback = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "shiftline"
    _people.print(f"The data folder is {fallback}: {here} cannot hold it.", markup=False)
    return fallback
