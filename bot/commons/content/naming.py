"""Looks whether the people and things that a table names are there."""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from bot.commons.audience import KnownAudience, Wrong, wrong_with
from bot.kernel.checking import Source, Trail
from bot.kernel.errors import Problem


@runtime_checkable
class NamesPeople(Protocol):
    """A table in which rows are for some people only."""

    def audiences(self) -> Sequence[tuple[Trail, Sequence[str]]]:
        """Return every list of people, and where it stands."""
        ...


@runtime_checkable
class NamesOthers(Protocol):
    """A table that names what stands in other tables."""

    def missing(self, tables: Collection[BaseModel]) -> Sequence[tuple[Trail, str]]:
        """Return what is named and is in none of `tables`, in words, and where it stands."""
        ...


@runtime_checkable
class NamesConfigured(Protocol):
    """A table that names what stands in the configuration."""

    def wrong_names(self, known: KnownAudience) -> Sequence[tuple[Trail, Wrong]]:
        """Return what is wrong with a name, and where it stands."""
        ...


def wrong_names(
    table: BaseModel,
    source: Source,
    known: KnownAudience | None,
    tables: Collection[BaseModel],
) -> Iterator[Problem]:
    """Yield what a table names that is not there; whom it is for is unchecked without `known`."""
    if isinstance(table, NamesPeople) and known is not None:
        for trail, words in table.audiences():
            for wrong in filter(None, (wrong_with(word, known) for word in words)):
                yield source.problem(trail, wrong.rule, wrong.message, wrong.hint)
    if isinstance(table, NamesConfigured) and known is not None:
        for trail, wrong in table.wrong_names(known):
            yield source.problem(trail, wrong.rule, wrong.message, wrong.hint)
    if isinstance(table, NamesOthers):
        for trail, message in table.missing(tables):
            yield source.problem(trail, "bad-value", message)
