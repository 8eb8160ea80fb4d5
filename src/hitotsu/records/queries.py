"""What may be known of records, and by whom: the reading door of the room."""

from hitotsu.records.store import interests
from hitotsu.records.store.aggregation import METHODS, Aggregation, Period
from hitotsu.records.store.feed import Bell
from hitotsu.records.store.history import Histories, History, Span
from hitotsu.records.store.interests import Interest, certain_ids, certain_types
from hitotsu.records.store.reading import Reader, TypeUse
from hitotsu.records.store.rows import INTERNAL, Record, instant, moment
from hitotsu.records.store.sessions import ANYONE, UNAVAILABLE, Reach, Sessions, open_pool, open_pool_for_all
from hitotsu.records.store.subscriptions import Subscription

__all__ = [
    "ANYONE",
    "INTERNAL",
    "METHODS",
    "UNAVAILABLE",
    "Aggregation",
    "Bell",
    "Histories",
    "History",
    "Interest",
    "Period",
    "Reach",
    "Reader",
    "Record",
    "Sessions",
    "Span",
    "Subscription",
    "TypeUse",
    "certain_ids",
    "certain_types",
    "instant",
    "interests",
    "moment",
    "open_pool",
    "open_pool_for_all",
]
