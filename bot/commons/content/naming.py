"""Looks whether the people and things that a table names are there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from bot.commons.audience import KnownAudience, Wrong, wrong_with
from bot.commons.content.files import ContentFile
from bot.commons.content.rendering import speaks_of_group
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


@runtime_checkable
class NamesFiles(Protocol):
    """A table that names content files, which are sent to members one by one."""

    def named_files(self) -> Sequence[tuple[Trail, str]]:
        """Return the path of every file that is named, and where it stands."""
        ...


_PLACE = "correct the path, which begins below content/, or write a file there without mistakes"


def lost_files(
    table: BaseModel, source: Source, files: Mapping[str, ContentFile]
) -> Iterator[Problem]:
    """Yield the content files that a table names and that can't be sent to a member."""
    for trail, path in table.named_files() if isinstance(table, NamesFiles) else ():
        file = files.get(path)
        if file is None:
            message = f"there is no usable content/{path}"
            yield source.problem(trail, "missing-file", message, _PLACE)
        elif speaks_of_group(file):
            message = f"content/{path} speaks of {{{{ group }}}}: in a 1:1 chat there is none"
            hint = "say it without {{ group }}, or name another file"
            yield source.problem(trail, "undefined-variable", message, hint)


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
