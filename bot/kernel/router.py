"""Which handler answers which update. The first room that knows an update answers it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.kernel.messages import WORDLESS, Reply, Update, UpdateKind
from bot.kernel.words import closed, plain, register
from bot.kernel.work import Context, Toolbox, UnitOfWork

Answer = Reply | Sequence[Reply] | None
Handler = Callable[[Context], Answer]
Witness = Callable[[UnitOfWork, Update, Toolbox], None]
"""Hears of something that no member said or did to the bot, and makes nobody a member."""


@dataclass(frozen=True, slots=True)
class Match:
    """A handler and what followed the words that led to it."""

    handler: Handler
    argument: str = ""


class Router:
    """The chat doors of one room, in the order of declaration."""

    def __init__(self) -> None:
        self.commands: dict[str, Handler] = {}
        self.openings: dict[str, Handler] = {}
        self.taps: dict[str, Handler] = {}
        self.events: dict[str, Handler] = {}
        self.witnesses: dict[str, Witness] = {}
        self.fallbacks: list[Handler] = []
        self.wordless: list[Handler] = []

    def command(self, *words: str, argument: bool = False) -> Callable[[Handler], Handler]:
        """Declare that `words`, typed alone, lead here; with `argument` also words after them.

        They are written in simplified characters. Typed in traditional ones, in another width,
        with spaces inside or decoration around, they are the same words (`kernel.words`).

        Raises:
            ValueError: a word has no letter or digit, so that any emoji would mean it.
        """
        if signs := [word for word in words if not plain(word)]:
            raise ValueError(f"{signs} are no words")

        def declare(handler: Handler) -> Handler:
            forms = [register(word) for word in words]
            self.commands.update(dict.fromkeys(forms, handler))
            if argument:
                self.openings.update(dict.fromkeys(forms, handler))
            return handler

        return declare

    def tap(self, prefix: str) -> Callable[[Handler], Handler]:
        """Declare that buttons whose key is `prefix` or begins with `prefix:` lead here."""

        def declare(handler: Handler) -> Handler:
            self.taps[prefix] = handler
            return handler

        return declare

    def event(self, name: str) -> Callable[[Handler], Handler]:
        """Declare that a platform event of this name leads here."""

        def declare(handler: Handler) -> Handler:
            self.events[name] = handler
            return handler

        return declare

    def happening(self, name: str) -> Callable[[Witness], Witness]:
        """Declare who hears of a platform event of this name that has no sender.

        What such an event said is not kept once it is heard.
        """

        def declare(witness: Witness) -> Witness:
            self.witnesses[name] = witness
            return witness

        return declare

    def otherwise(self, handler: Handler) -> Handler:
        """Declare a handler for text that no room knows."""
        self.fallbacks.append(handler)
        return handler

    def without_words(self, handler: Handler) -> Handler:
        """Declare a handler for pictures, voice, files and the like that no room wants."""
        self.wordless.append(handler)
        return handler


class Switchboard:
    """All rooms' routers as one; built once, earlier rooms win."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self._commands: dict[str, Handler] = {}
        self._openings: dict[str, Handler] = {}
        self._taps: dict[str, Handler] = {}
        self._events: dict[str, Handler] = {}
        self._witnesses: dict[str, Witness] = {}
        self._fallbacks: list[Handler] = []
        self._wordless: list[Handler] = []
        for router in routers:
            for mine, theirs in (
                (self._commands, router.commands),
                (self._openings, router.openings),
                (self._taps, router.taps),
                (self._events, router.events),
            ):
                for word, handler in theirs.items():
                    mine.setdefault(word, handler)
            self._witnesses = router.witnesses | self._witnesses
            self._fallbacks += router.fallbacks
            self._wordless += router.wordless
        self._longest = sorted(self._openings, key=len, reverse=True)

    def find(self, update: Update) -> Match | None:
        """Return who answers `update`; None when nobody does."""
        if update.kind is UpdateKind.TEXT:
            return self._find_text(update.text)
        if update.kind is UpdateKind.VOICE and update.text:  # the platform wrote it down
            return self._find_text(update.text)
        if update.tap is not None:
            return self._find_tap(update.tap.button, update.text)
        if update.kind is UpdateKind.EVENT and (handler := self._events.get(update.event)):
            return Match(handler)
        if update.kind in WORDLESS and self._wordless:
            return Match(self._wordless[0])
        return None

    def witness(self, update: Update) -> Witness | None:
        """Return who hears of an update without a sender; None when nobody does."""
        is_event = update.sender is None and update.kind is UpdateKind.EVENT
        return self._witnesses.get(update.event) if is_event else None

    def _find_tap(self, button: str, words: str) -> Match | None:
        """A button that no room knows counts as the words on it, where the channel tells them."""
        prefix, _, rest = button.partition(":")
        if handler := self._taps.get(prefix):
            return Match(handler, rest)
        return self._find_text(words) if words else None

    def _find_text(self, text: str) -> Match | None:
        said = plain(text)
        if handler := self._commands.get(said) or self._commands.get(closed(said)):
            return Match(handler)
        for word in self._longest:
            rest = said.removeprefix(word)
            if rest != said and (rest[0] == " " or rest[0].isdigit()):
                return Match(self._openings[word], rest.strip())
        return Match(self._fallbacks[0], said) if self._fallbacks else None
