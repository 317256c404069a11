"""What `content/titles.toml` takes."""

from typing import Self

from pydantic import model_validator

from bot.commons.content.lawful import Code, Row, Said, Told, all_differ


class Title(Row):
    """`[[title]]`: a title or role that an operator gives."""

    name: Code
    title: Said
    words: Told = ""
    may_propose: bool = False
    """Whoever holds it may propose events (提议活动)."""


class Titles(Row):
    """The file `content/titles.toml`."""

    title: tuple[Title, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        all_differ("title", [one.name for one in self.title])
        return self

    def of(self, name: str) -> Title | None:
        """Return the title of that name."""
        return next((one for one in self.title if one.name == name), None)
