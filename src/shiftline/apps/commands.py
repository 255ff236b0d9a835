"""The commands of `shiftline`, with their parameters; what they do is in the modules they call."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from shiftline.apps import keeping, proving
from shiftline.apps.arguments import (
    ArchiveTo,
    Bind,
    Data,
    EnvironmentName,
    Json,
    LedgerKeys,
    MediaProcesses,
    Port,
    RecordingKeys,
    check_callers,
    check_media_processes,
    choose_archive,
    choose_environment,
    default_data_folder,
    parse_instant,
    people,
    require_no_empty,
    require_text,
)
from shiftline.apps.ready import announcer
from shiftline.apps.supervisor.child import ChildFailedError, StartRefusedError
from shiftline.foundation.settings import SettingInvalidError

_LONGEST_TALK = 3600

app = App(
    name="shiftline",
    help="A contact-centre core in which the schedule and the phone never disagree.",
    help_on_error=False,
    error_console=people,
    result_action="return_value",
)


def run_command(arguments: Sequence[str]) -> int:
    """Run the command of `arguments` and return its exit code; what a person must change is said in a sentence."""
    # The system's zone files may be older than the pinned tzdata wheel.
    os.environ["PYTHONTZPATH"] = ""
    try:
        require_no_empty(arguments)
        result = app(list(arguments), exit_on_error=False)
    except CycloptsError:  # it has been said what is wrong
        return 2
    except (StartRefusedError, SettingInvalidError) as refusal:
        people.print(str(refusal), style="red", markup=False)
        return 2
    except ChildFailedError as failure:
        people.print(str(failure), style="red", markup=False)
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
            callers=check_callers(callers, least=0),
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
    check_callers(callers, least=1)
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
        people.print(f"The database cannot be brought up to this version: {error}.", style="red", markup=False)
        return 1
    for name in applied:
        print(name)
    people.print(f"{len(applied)} migrations applied" if applied else "The database is up to date.")
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
    since: Annotated[
        str | None, Parameter(help="An earlier instant: what changed from then on, and who did that.")
    ] = None,
    data: Data = None,
    json: Annotated[bool, Parameter(name="--json", negative=(), help="The whole decision as JSON.")] = False,
) -> int:
    """Say whether an agent may sign in, connect or receive calls, whether calls are recorded, and why; or what changed.

    Exit code 0: they may, or it is so; 3: not; 4: could not be known.
    """
    import asyncio

    instant = None if at is None else parse_instant("--at", at)
    earlier = None if since is None else parse_instant("--since", since)
    require_text("AGENT", agent)
    for option, text in (("--conversation", conversation), ("--queue", queue)):
        if text is not None:
            require_text(option, text)
            if action not in ("receive", "record"):
                raise StartRefusedError(f"{option} has a meaning only with --action receive or record.")
    from shiftline.apps.running import find_settings
    from shiftline.apps.why import Question, ask_why, in_json, in_words
    from shiftline.foundation.telemetry import configure_logs

    configure_logs("error")
    question = Question(
        agent=agent, action=action, at=instant, conversation_id=conversation, queue_id=queue, since=earlier
    )
    answer = asyncio.run(ask_why(find_settings(data or default_data_folder()), question))
    print(in_json(answer) if json else in_words(answer))
    return answer.exit_code


@app.command
def override(
    agent: Annotated[str, Parameter(help="A user's id, e-mail address or name.")],
    /,
    *,
    reason: Annotated[str, Parameter(help="Why; it is kept.")],
    lasting: Annotated[
        str | None,
        Parameter(name="--for", help="For how long: 90m, 2h, 1h30m. [default: as the tenant's settings say]"),
    ] = None,
    data: Data = None,
    json: Annotated[bool, Parameter(name="--json", negative=(), help="As one line of JSON.")] = False,
) -> int:
    """Let an agent's softphone connect outside their shifts for a time, where the tenant's shift rule is on."""
    import asyncio

    require_text("AGENT", agent)
    require_text("--reason", reason)
    from shiftline.apps.overriding import in_json, in_words, override_rule, parse_minutes
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs

    minutes = None if lasting is None else parse_minutes("--for", lasting)
    configure_logs("error")
    made = asyncio.run(override_rule(find_settings(data or default_data_folder()), agent, minutes, reason))
    print(in_json(made) if json else in_words(made))
    return 0


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
    people.print(f"{name} is there. Its administrator signs in as {email}.", markup=False)
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
    people.print(f"{file}: keep a copy elsewhere. Whoever loses it loses the recordings.", markup=False)
    return 0


def _rewrap(file: Path, data: Path) -> None:
    import asyncio

    from shiftline.apps.rewrapping import rewrap
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs
    from shiftline.recordings.operations.rewrapping import Progress

    def tell(progress: Progress) -> None:
        people.print(f"{progress.done} of {progress.total} keys are wrapped by {progress.key_id}", markup=False)

    configure_logs("error")
    asyncio.run(rewrap(find_settings(data), file, tell))


@app.command
def openapi() -> int:
    """Print the OpenAPI document of every operation, as JSON. Needs no engine."""
    from shiftline.apps.openapi import document

    print(document())
    return 0


keeping.add_to(app)
proving.add_to(app)
