"""What changes records and who is told of it: the writing door of the room."""

from hitotsu.records.store.delivering import Deliverer, Undelivered
from hitotsu.records.store.emptying import empty
from hitotsu.records.store.evolution import Evolution
from hitotsu.records.store.outbox import Matcher, Outbox
from hitotsu.records.store.subscriptions import Subscriptions, Terms
from hitotsu.records.store.writing import Mutation, Writer, Written

__all__ = [
    "Deliverer",
    "Evolution",
    "Matcher",
    "Mutation",
    "Outbox",
    "Subscriptions",
    "Terms",
    "Undelivered",
    "Writer",
    "Written",
    "empty",
]
