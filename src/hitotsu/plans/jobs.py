"""What workers do for plans. A job names a command of this room; everything that matters is there."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

# The command itself gives up a document that fails again and again; this many tries outlive a database that is away.
_RETRY = RetryStrategy(max_attempts=20, linear_wait=5)


@app.task(name="plans.read_import", queue="plans", pass_context=True, retry=_RETRY)
def read_import(context: JobContext, *, import_id: int) -> None:
    """Reads the document of an import (``commands.running.run_import``)."""
    # Only workers read; a server that defers a job does not need what reading needs.
    from hitotsu.plans.commands.running import ReadingInterrupted, run_import

    try:
        run_import(import_id=import_id, stopping=context.should_abort)
    except ReadingInterrupted as error:
        raise JobAborted from error
