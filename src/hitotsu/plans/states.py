from collections.abc import Mapping

from django.db import models


class DraftState(models.TextChoices):
    REVIEW = "review", "確認中"
    ADOPTED = "adopted", "公開済み"
    DISCARDED = "discarded", "取りやめ"


class ItemState(models.TextChoices):
    PENDING = "pending", "未確認"
    ACCEPTED = "accepted", "確認済み"
    CORRECTED = "corrected", "修正済み"
    DROPPED = "dropped", "除外"


class ImportState(models.TextChoices):
    WAITING = "waiting", "順番待ち"
    READING = "reading", "読み取り中"
    DONE = "done", "取り込み済み"
    REFUSED = "refused", "取り込めません"
    CANCELLED = "cancelled", "取りやめ"


DRAFT_MOVES: Mapping[DraftState, frozenset[DraftState]] = {
    DraftState.REVIEW: frozenset({DraftState.ADOPTED, DraftState.DISCARDED}),
    DraftState.ADOPTED: frozenset(),
    DraftState.DISCARDED: frozenset(),
}

# Any decision may be changed for another as long as the draft is under review; nothing goes back to
# "pending" except by undoing a step.
ITEM_MOVES: Mapping[ItemState, frozenset[ItemState]] = {
    ItemState.PENDING: frozenset({ItemState.ACCEPTED, ItemState.CORRECTED, ItemState.DROPPED}),
    ItemState.ACCEPTED: frozenset({ItemState.ACCEPTED, ItemState.CORRECTED, ItemState.DROPPED}),
    ItemState.CORRECTED: frozenset({ItemState.CORRECTED, ItemState.DROPPED}),
    ItemState.DROPPED: frozenset({ItemState.ACCEPTED, ItemState.CORRECTED, ItemState.DROPPED}),
}
DECIDED = (ItemState.ACCEPTED, ItemState.CORRECTED, ItemState.DROPPED)

# Reading begins anew when the one who read has died, and waits again when he was asked to stop; what was refused
# is put away when a person has seen it.
IMPORT_MOVES: Mapping[ImportState, frozenset[ImportState]] = {
    ImportState.WAITING: frozenset({ImportState.READING, ImportState.REFUSED, ImportState.CANCELLED}),
    ImportState.READING: frozenset(
        {
            ImportState.READING,
            ImportState.WAITING,
            ImportState.DONE,
            ImportState.REFUSED,
            ImportState.CANCELLED,
        }
    ),
    ImportState.DONE: frozenset(),
    ImportState.REFUSED: frozenset({ImportState.CANCELLED}),
    ImportState.CANCELLED: frozenset(),
}
UNFINISHED = (ImportState.WAITING, ImportState.READING)
