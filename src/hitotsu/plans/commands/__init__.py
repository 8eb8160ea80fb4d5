"""What changes plans: bringing a document in, reviewing it, adopting it."""

from hitotsu.plans.commands.adopting import adopt_draft
from hitotsu.plans.commands.importing import discard_draft, import_document
from hitotsu.plans.commands.requesting import cancel_import, request_import
from hitotsu.plans.commands.reviewing import (
    accept_item,
    accept_remaining,
    correct_front,
    correct_item,
    drop_item,
    merge_items,
    set_aside,
    set_continues,
    split_item,
    undo_last_step,
)
from hitotsu.plans.commands.running import run_import

__all__ = [
    "accept_item",
    "accept_remaining",
    "adopt_draft",
    "cancel_import",
    "correct_front",
    "correct_item",
    "discard_draft",
    "drop_item",
    "import_document",
    "merge_items",
    "request_import",
    "run_import",
    "set_aside",
    "set_continues",
    "split_item",
    "undo_last_step",
]
