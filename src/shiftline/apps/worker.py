"""The worker process: handlers of events, periodic work, long jobs. One worker leads, by an advisory lock."""

import asyncio
import contextlib
import os
import signal
from functools import partial
from pathlib import Path

import structlog

from shiftline.apps import rooms
from shiftline.apps.connections import Engines, make_engines, opened
from shiftline.apps.exports import export_tools
from shiftline.apps.handling import handle_events
from shiftline.apps.leading import lead
from shiftline.apps.ledgers import sequence_entries
from shiftline.apps.long_jobs import run_jobs
from shiftline.apps.pages import serve_pages
from shiftline.apps.ready import announce_ready
from shiftline.apps.supervisor.child import wait_at_gate
from shiftline.discovery.batches import jobs as batch_jobs
from shiftline.discovery.bulk import jobs as bulk_jobs
from shiftline.discovery.exports.jobs import make_jobs as make_export_jobs
from shiftline.foundation import jobs
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.outbox import WORKER
from shiftline.foundation.settings import Settings
from shiftline.foundation.telemetry import configure_logs
from shiftline.imports import jobs as imports
from shiftline.ledger.keys import SigningKeys
from shiftline.ledger.operations.sequencing import Notary
from shiftline.messaging import jobs as messaging_jobs
from shiftline.recordings import jobs as recordings_jobs
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import Vault

LEADER_LOCK = 0x4C45_4144  # "LEAD"
POLITE = 10

log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Work until a signal says stop. Yields the processor to whoever answers callers."""
    configure_logs()
    rooms.load("jobs")
    wait_at_gate()
    _be_polite()
    asyncio.run(_work(settings))


def _be_polite() -> None:
    """A week that is published waits for people who sign in, not the other way round."""
    with contextlib.suppress(OSError):
        os.nice(POLITE)
    # Linux shares the processor between sessions first, and the supervisor gives each program one: see sched(7).
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(POLITE))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    async with opened(make_engines(settings, connections=4)) as engines:
        vault, keys = Vault(engines.objects, Keys(settings.recording_keys)), SigningKeys(settings.ledger_keys)
        for room in (recordings_jobs, messaging_jobs, batch_jobs, bulk_jobs):
            room.make_jobs(vault)
        imports.make_jobs(vault, settings.imports)
        make_export_jobs(export_tools(settings, vault, keys))
        notary = Notary(keys, settings.environment)
        works = [_lead(engines, notary), run_jobs(settings.database_url, engines)]
        if settings.smtp_listen or settings.smtp_relay:
            from shiftline.apps.mail import run_mail  # most installations take no e-mail, and need not load it

            works.append(run_mail(settings, engines))
        pages = await _serve_pages(settings)
        tasks = [asyncio.create_task(work) for work in works]
        announce_ready()
        await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if pages is not None:
            pages.close()


async def _serve_pages(settings: Settings) -> asyncio.Server | None:
    """The worker's own metrics. Without the port it works all the same."""
    try:
        return await serve_pages(settings.listen_host, settings.listen_port)
    except OSError as error:
        log.warning("worker.no_pages", listen=settings.listen, error=str(error))
        return None


async def _lead(engines: Engines, notary: Notary) -> None:
    works = [partial(handle_events, engines, WORKER, jobs.HANDLERS), partial(sequence_entries, engines, notary)]
    works += [partial(_repeat, engines, periodic) for periodic in jobs.PERIODIC]
    await lead(engines.database, "worker", LEADER_LOCK, works)


async def _repeat(engines: Engines, periodic: jobs.Periodic) -> None:
    while True:
        await asyncio.sleep(periodic.interval.total_seconds())
        try:
            await periodic.run(jobs.system_context(engines.database, engines.clock))
        except Unavailable:
            raise
        except Exception as error:
            log.exception("periodic.failed", name=periodic.name, error=str(error))
