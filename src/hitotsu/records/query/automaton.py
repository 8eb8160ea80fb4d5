"""Finding a regular expression in a text in time linear in the text: all ways through it are walked at once."""

from collections.abc import Iterable
from typing import Final

from hitotsu.records.query.expression import Alternatives, Characters, Edge, Expression, Ranges, Sequence

# Steps are remembered up to this many; then the memory starts anew, so that it stays bounded.
_MOST_STEPS: Final = 20_000


class Automaton:
    """States are numbers. ``_sets`` leave a state by one character, ``_free`` by none, ``_edges`` at an edge."""

    def __init__(self, expression: Expression) -> None:
        self._sets: dict[int, tuple[Ranges, int]] = {}
        self._free: dict[int, list[int]] = {}
        self._edges: dict[int, tuple[bool, int]] = {}
        self._count = 0
        self._start = self._new()
        self._end = self._build(expression, self._start)
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._anywhere = self._closure([self._start], at_start=False, at_end=False)
        self._beginning = self._closure([self._start], at_start=True, at_end=False)

    def found_in(self, text: str) -> bool:
        """Whether the expression is found anywhere in the text."""
        end, steps = self._end, self._steps
        state = self._beginning
        for mark in text:
            if end in state:
                return True
            following = steps.get((state, mark))
            state = self._step(state, mark) if following is None else following
        return end in state or end in self._closure(state, at_start=not text, at_end=True)

    def _step(self, state: frozenset[int], mark: str) -> frozenset[int]:
        code = ord(mark)
        reached = [
            following
            for ranges, following in (self._sets[number] for number in state if number in self._sets)
            if any(low <= code <= high for low, high in ranges)
        ]
        following = self._closure(reached, at_start=False, at_end=False) | self._anywhere
        if len(self._steps) >= _MOST_STEPS:
            self._steps.clear()
        self._steps[state, mark] = following
        return following

    def _closure(self, states: Iterable[int], *, at_start: bool, at_end: bool) -> frozenset[int]:
        reached: set[int] = set()
        waiting = list(states)
        while waiting:
            number = waiting.pop()
            if number in reached:
                continue
            reached.add(number)
            waiting.extend(self._free.get(number, ()))
            edge = self._edges.get(number)
            if edge is not None and (at_end if edge[0] else at_start):
                waiting.append(edge[1])
        return frozenset(reached)

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _join(self, start: int, following: int) -> None:
        self._free.setdefault(start, []).append(following)

    def _build(self, expression: Expression, start: int) -> int:
        if isinstance(expression, Characters):
            following = self._new()
            state = self._new()
            self._join(start, state)
            self._sets[state] = (expression.ranges, following)
            return following
        if isinstance(expression, Edge):
            following = self._new()
            state = self._new()
            self._join(start, state)
            self._edges[state] = (expression.at_end, following)
            return following
        if isinstance(expression, Sequence):
            for item in expression.items:
                start = self._build(item, start)
            return start
        if isinstance(expression, Alternatives):
            end = self._new()
            for item in expression.items:
                self._join(self._fork(item, start), end)
            return end
        for _ in range(expression.least):
            start = self._build(expression.item, start)
        if expression.most is None:
            again = self._new()
            self._join(start, again)
            self._join(self._fork(expression.item, again), again)
            return again
        end = self._new()
        self._join(start, end)
        for _ in range(expression.most - expression.least):
            start = self._build(expression.item, start)
            self._join(start, end)
        return end

    def _fork(self, item: Expression, start: int) -> int:
        branch = self._new()
        self._join(start, branch)
        return self._build(item, branch)
