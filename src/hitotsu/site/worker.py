"""Works off the jobs that the rooms have deferred, and takes up those of workers that were lost."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import psycopg
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

# A worker that has not been heard of for so long is lost. Reading may keep a process busy for seconds, not for
# twenty; and what is read a second time by mistake is stored once.
SECONDS_BETWEEN_SIGNS_OF_LIFE = 5.0
LOST_AFTER_SECONDS = 20.0
_SECONDS_BETWEEN_SEARCHES = 5.0
# Time for what is nearly done; then a job is asked to stop, and waits for the next worker.
_GRACE_SECONDS = 3.0
_SECONDS_BETWEEN_LOOKS_AT_PARENT = 0.5


class CannotWork(Exception):
    """The worker cannot start, or had to end; the sentence says what to do."""


def work(*, concurrency: int, parent: int | None = None) -> None:
    """Works until SIGINT or SIGTERM, or until the process ``parent``, whose child this one is, has ended.

    Raises ``CannotWork``.
    """
    try:
        asyncio.run(_work(concurrency, parent))
    except (ConnectorException, psycopg.Error) as error:
        reason = str(error.__cause__ or error).strip() or type(error).__name__
        raise CannotWork(
            f"データベースとのやりとりが途切れました（{reason.splitlines()[-1]}）。"
            "HITOTSU_DATABASE_URL と接続先を確かめてください。"
        ) from error


async def _work(concurrency: int, parent: int | None) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    # One connection listens; two are enough for the queue itself, the jobs use Django's.
    connector = PsycopgConnector(kwargs=connector_params("default"), min_size=1, max_size=3)
    with app.replace_connector(connector):
        async with app.open_async():
            if not await app.check_connection_async():
                raise CannotWork("データベースの準備ができていません。hitotsu prepare を先に行ってください。")
            worker = asyncio.create_task(
                app.run_worker_async(
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=_GRACE_SECONDS,
                    update_heartbeat_interval=SECONDS_BETWEEN_SIGNS_OF_LIFE,
                    stalled_worker_timeout=LOST_AFTER_SECONDS,
                    delete_jobs="successful",
                )
            )
            endings: list[Coroutine[Any, Any, object]] = [asked.wait()]
            if parent is not None:
                endings.append(_gone(parent))
            search = asyncio.create_task(_take_up_lost_jobs())
            await _until_one_ends(worker, search, endings)


async def _until_one_ends(
    worker: "asyncio.Task[None]", search: "asyncio.Task[None]", endings: list[Coroutine[Any, Any, object]]
) -> None:
    asked = [asyncio.create_task(ending) for ending in endings]
    try:
        await asyncio.wait([worker, search, *asked], return_when=asyncio.FIRST_COMPLETED)
        wanted = any(task.done() for task in asked)
    finally:
        for task in (worker, search, *asked):
            task.cancel()
        # The worker lets its jobs come to a stop before it ends.
        results = await asyncio.gather(worker, search, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
    if not wanted:
        raise CannotWork("作業が途中で終わりました。直前の記録を確かめて、起動し直してください。")


async def _gone(parent: int) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells a process that its parent has gone
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS_AT_PARENT)


async def _take_up_lost_jobs() -> None:
    while True:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=LOST_AFTER_SECONDS):
            try:
                await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
            except ConnectorException as error:
                if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                    raise
                # Another worker has found the job as well and was faster.
        await asyncio.sleep(_SECONDS_BETWEEN_SEARCHES)
