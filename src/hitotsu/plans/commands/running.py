"""Reading an import that was asked for. A worker may die at any moment, and two may read the same one: what comes
of it is stored once, with the end of the import in the same transaction."""

import logging
import time
from collections.abc import Callable

from django.db import transaction

from hitotsu.people.commands import record_audit
from hitotsu.people.errors import PermissionRefused
from hitotsu.people.queries import Reader, reader_by_id
from hitotsu.plans.commands.importing import store_draft
from hitotsu.plans.commands.locking import end_import, move_import
from hitotsu.plans.errors import DuplicateDocument, PlanError
from hitotsu.plans.models import Import
from hitotsu.plans.reading import load_data, read_source
from hitotsu.plans.states import UNFINISHED, ImportState

logger = logging.getLogger(__name__)

# A document at which the worker was lost so often will bring the next one down too.
MOST_ATTEMPTS = 3
_GAVE_UP = (
    "「{file}」の読み取りが途中で{times}回止まったため、やめました。元のソフトで保存し直すか、文書を分けて"
    "取り込んでください。それでも止まるときは、管理者にサーバーの記録を確かめてもらってください。"
)
_SECONDS_BETWEEN_REPORTS = 0.5


class ReadingInterrupted(Exception):
    """The worker was asked to stop: the import waits again, and is read from the beginning by the next one."""


class _NotWanted(Exception):
    """The import was cancelled, or another worker has ended it, while this one was reading."""


def run_import(*, import_id: int, stopping: Callable[[], bool] = lambda: False) -> None:
    """Reads a waiting import and ends it, as a draft or refused with a sentence; one that has ended stays.

    It acts as the person who asked, with the roles that the person has now. ``stopping`` is asked between pages;
    raises ``ReadingInterrupted`` when it says so.
    """
    asked = _begin(import_id)
    if asked is None:
        return
    try:
        _acting(asked)
        source = load_data(bytes(asked.content or b""), asked.file_name, _Report(asked.pk, stopping))
        document = read_source(source, asked.file_name)
        with transaction.atomic():
            current = _still_reading(import_id)
            draft_id = store_draft(
                _acting(current), current.organisation_id, current.plan, document, source.lines
            )
            end_import(current, ImportState.DONE, draft_id=draft_id)
    except _NotWanted:
        return
    except ReadingInterrupted:
        _wait_again(import_id)
        raise
    except (PlanError, PermissionRefused) as error:
        _refuse(import_id, str(error), error.draft_id if isinstance(error, DuplicateDocument) else None)
    except Exception:
        logger.exception("import %s: attempt %s failed", import_id, asked.attempts)
        raise


def _acting(asked: Import) -> Reader:
    by = reader_by_id(asked.by_id)
    by.require("plan.import", asked.organisation_id)
    return by


@transaction.atomic
def _begin(import_id: int) -> Import | None:
    asked = Import.objects.select_for_update().filter(pk=import_id, state__in=UNFINISHED).first()
    if asked is None:
        return None
    if asked.attempts >= MOST_ATTEMPTS:
        _end_refused(asked, _GAVE_UP.format(file=asked.file_name, times=asked.attempts))
        return None
    asked.attempts += 1
    asked.pages_done = 0
    asked.pages_total = None
    move_import(asked, ImportState.READING)
    asked.save(update_fields=["attempts", "pages_done", "pages_total", "state"])
    return asked


def _still_reading(import_id: int) -> Import:
    asked = (
        Import.objects.select_for_update(of=("self",))
        .select_related("plan")
        .defer("content")
        .filter(pk=import_id, state=ImportState.READING)
        .first()
    )
    if asked is None:
        raise _NotWanted
    return asked


@transaction.atomic
def _wait_again(import_id: int) -> None:
    asked = Import.objects.select_for_update().defer("content").get(pk=import_id)
    if asked.state == ImportState.READING:
        asked.attempts -= 1
        move_import(asked, ImportState.WAITING)
        asked.save(update_fields=["attempts", "state"])


@transaction.atomic
def _refuse(import_id: int, sentence: str, draft_id: int | None) -> None:
    asked = Import.objects.select_for_update().defer("content").get(pk=import_id)
    if asked.state == ImportState.READING:
        _end_refused(asked, sentence, draft_id)


def _end_refused(asked: Import, sentence: str, draft_id: int | None = None) -> None:
    end_import(asked, ImportState.REFUSED, refusal=sentence, draft_id=draft_id)
    record_audit(
        by=reader_by_id(asked.by_id),
        action="plan.import_refuse",
        subject=f"import:{asked.pk}",
        organisation_id=asked.organisation_id,
        detail={"file": asked.file_name},
    )


class _Report:
    """Writes how far the reading is, at most twice a second, and ends it where nobody waits for it any more."""

    def __init__(self, import_id: int, stopping: Callable[[], bool]) -> None:
        self._import_id = import_id
        self._stopping = stopping
        self._written = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._stopping():
            raise ReadingInterrupted
        now = time.monotonic()
        if now - self._written < _SECONDS_BETWEEN_REPORTS and done < total:
            return
        self._written = now
        reading = Import.objects.filter(pk=self._import_id, state=ImportState.READING)
        if not reading.update(pages_done=done, pages_total=total):
            raise _NotWanted
