"""Long jobs run here, and those whose worker died run again."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

import structlog

from shiftline.apps.connections import Engines
from shiftline.foundation import jobs
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Refusal

QUEUE = "shiftline"
BEAT = timedelta(seconds=5)
"""How often a worker says that it lives."""
SILENCE = timedelta(seconds=20)
"""A worker that said nothing for so long is dead; its jobs are anybody's."""
MOST_DEATHS = 5
"""A job that so many workers died of is given up: it would take every other one along."""

log = structlog.get_logger()


async def run_jobs(database_url: str, engines: Engines, beat: timedelta = BEAT, silence: timedelta = SILENCE) -> None:
    """Run long jobs until cancelled; procrastinate polls, since nothing notifies in a commit."""
    import procrastinate  # a third of this program's loading; nobody waits for it here

    while True:
        connector = procrastinate.PsycopgConnector(conninfo=database_url, min_size=1, max_size=3)
        app = procrastinate.App(connector=connector)
        for name, run_job in jobs.JOBS.items():
            app.task(name=name, retry=procrastinate.RetryStrategy(max_attempts=3, wait=2))(_task(engines, run_job))
        try:
            async with app.open_async():
                reviving = asyncio.create_task(_revive(app.job_manager, engines, silence))
                try:
                    await app.run_worker_async(
                        queues=[QUEUE],
                        listen_notify=False,
                        fetch_job_polling_interval=0.25,
                        install_signal_handlers=False,
                        concurrency=2,
                        update_heartbeat_interval=beat.total_seconds(),
                        # A worker that is forgotten leaves its jobs to nobody: they are taken up first.
                        stalled_worker_timeout=2 * silence.total_seconds(),
                    )
                finally:
                    reviving.cancel()
                    await asyncio.gather(reviving, return_exceptions=True)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.exception("jobs.restart", error=str(error))
            await asyncio.sleep(timedelta(seconds=1).total_seconds())


async def _revive(manager: Any, engines: Engines, silence: timedelta) -> None:
    """Give the jobs of dead workers to the living, with their locks; again and again."""
    from procrastinate.exceptions import ProcrastinateException
    from procrastinate.jobs import Status

    while True:
        await asyncio.sleep(silence.total_seconds() / 2)
        try:
            stalled = await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=silence.total_seconds())
        except ProcrastinateException as error:
            log.warning("jobs.unrevived", error=str(error))
            continue
        for job in stalled:
            gives_up = job.attempts + 1 >= MOST_DEATHS
            # Another worker may have taken it up meanwhile.
            with contextlib.suppress(ProcrastinateException):
                if gives_up:
                    await manager.finish_job(job, Status.FAILED, delete_job=False)
                else:
                    await manager.retry_job(job, retry_at=engines.clock.real_now())
                log.warning("job.worker_died", job=job.task_name, id=job.id, given_up=gives_up)


def _task(engines: Engines, run_job: jobs.Job) -> jobs.Job:
    async def task(**arguments: object) -> None:
        base: Context = jobs.system_context(engines.database, engines.clock)
        context = jobs.context_of(base, arguments)
        try:
            await run_job(context, **arguments)
        except Refusal as refusal:
            log.warning("job.refused", code=refusal.code, message=refusal.message)
            raise

    return task
