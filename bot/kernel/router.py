"""Which handler answers which update. The first room that knows an update answers it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps

from bot.kernel.messages import WORDLESS, Reply, Update, UpdateKind
from bot.kernel.words import closed, once, plain, register
from bot.kernel.work import Context, Toolbox, UnitOfWork

Answer = Reply | Sequence[Reply] | None
Handler = Callable[[Context], Answer]
News = Callable[[UnitOfWork, Update, Toolbox], None]
"""Hears of what a platform tells, whoever did it; answers nothing and makes nobody a member."""
Watch = Callable[[Context], bool]
"""Is shown what a member says or does, before anybody answers; True while a human has the
conversation."""


@dataclass(frozen=True, slots=True)
class Overheard:
    """In what circumstances a member said something."""

    held: bool
    """A human has her conversation."""
    in_command: bool
    """It stands behind words that lead to a room, and `Context.argument` is what stands there."""


Overhear = Callable[[Context, Overheard], Sequence[Reply] | None]
"""Is shown what a member says; returns None to leave it to others, else what she is told to it.
Besides, only the room to which its words lead is asked then."""

_AFTER = " :,、"
"""What may stand between a command and the words after it: `建议：多进小码`."""
_SIGNS = frozenset(_AFTER)


@dataclass(frozen=True, slots=True)
class Match:
    """A handler and what followed the words that led to it."""

    handler: Handler
    argument: str = ""
    strangers: bool = True
    """False when somebody unknown stays unknown: she did nothing that makes her a member."""


class Router:
    """The chat doors of one room, in the order of declaration."""

    def __init__(self) -> None:
        self.commands: dict[str, Handler] = {}
        self.openings: dict[str, Handler] = {}
        self.taps: dict[str, Handler] = {}
        self.events: dict[str, Handler] = {}
        self.reports: set[str] = set()
        """Events that make nobody a member."""
        self.fallbacks: list[Handler] = []
        self.wordless: list[Handler] = []
        self.news_of: dict[str, News] = {}
        self.watches: list[Watch] = []
        self.overhears: list[Overhear] = []
        self.always: set[Handler] = set()
        self.quiet: set[Handler] = set()

    def command(
        self,
        *words: str,
        argument: bool = False,
        always: bool = False,
        quietly: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare that `words`, typed alone, lead here; with `argument` also words after them.

        With `always` they are answered even while a human has the conversation; with `quietly`
        they count then, and are not answered.

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
            self.always |= {handler} if always else set()
            self.quiet |= {handler} if quietly else set()
            return handler

        return declare

    def tap(self, prefix: str, *, quietly: bool = False) -> Callable[[Handler], Handler]:
        """Declare that buttons whose key is `prefix` or begins with `prefix:` lead here.

        With `quietly` they count, unanswered, while a human has the conversation.
        """

        def declare(handler: Handler) -> Handler:
            self.taps[prefix] = handler
            self.quiet |= {handler} if quietly else set()
            return handler

        return declare

    def event(self, name: str, *, strangers: bool = True) -> Callable[[Handler], Handler]:
        """Declare that a platform event of this name leads here.

        Several rooms may hear of one, in their order, until one answers. Without `strangers` it
        makes nobody a member: she leaves, or the platform only reports, perhaps of somebody whose
        data was deleted.
        """

        def declare(handler: Handler) -> Handler:
            self.events[name] = handler
            if not strangers:
                self.reports.add(name)
            return handler

        return declare

    def news(self, name: str) -> Callable[[News], News]:
        """Declare that a platform event of this name is heard here, besides whoever answers it.

        Every room hears, also what no member did. What an event without a sender said of people
        is not kept once it is heard.
        """

        def declare(hear: News) -> News:
            self.news_of[name] = hear
            return hear

        return declare

    def watch(self, look: Watch) -> Watch:
        """Declare who knows whether a human has a conversation.

        It is asked about every update of a member. While it says True, only rooms that stand
        before this one answer, and what is `always` answered.
        """
        self.watches.append(look)
        return look

    def overhear(self, listen: Overhear) -> Overhear:
        """Declare who is shown all that members write, whoever answers it.

        What is nothing but a command is not shown: nobody complains by 打卡.
        """
        self.overhears.append(listen)
        return listen

    @property
    def handlers(self) -> "frozenset[Handler]":
        """All who answer anything here."""
        maps = (self.commands, self.openings, self.taps, self.events)
        listed = (handler for known in maps for handler in known.values())
        return frozenset((*listed, *self.fallbacks, *self.wordless))

    def otherwise(self, handler: Handler) -> Handler:
        """Declare a handler for text that no room knows.

        Rooms are asked in their order until one does not return None: one that is in the middle of
        something with her stands before the one that does not understand.
        """
        self.fallbacks.append(handler)
        return handler

    def without_words(self, handler: Handler) -> Handler:
        """Declare a handler for pictures, voice, files and the like; asked like `otherwise`."""
        self.wordless.append(handler)
        return handler


class Switchboard:
    """All rooms' routers as one; built once, earlier rooms win."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self._commands: dict[str, Handler] = {}
        self._openings: dict[str, Handler] = {}
        self._taps: dict[str, Handler] = {}
        self._events: dict[str, Match] = {}
        fallbacks: list[Handler] = []
        wordless: list[Handler] = []
        self._news: dict[str, list[News]] = {}
        self.watches: list[Watch] = []
        self.overhears: list[Overhear] = []
        self._undisturbed: frozenset[Handler] = frozenset()
        self._always: set[Handler] = set()
        self._quiet: set[Handler] = set()
        for router in routers:
            for name, hear in router.news_of.items():
                self._news.setdefault(name, []).append(hear)
            self.watches += router.watches
            self.overhears += router.overhears
            self._always |= router.always
            self._quiet |= router.quiet
            if not self.watches:
                self._undisturbed |= router.handlers
            for mine, theirs in (
                (self._commands, router.commands),
                (self._openings, router.openings),
                (self._taps, router.taps),
            ):
                for word, handler in theirs.items():
                    mine.setdefault(word, handler)
            for name, handler in router.events.items():
                heard = Match(handler, strangers=name not in router.reports)
                self._events[name] = _both(self._events.get(name), heard)
            fallbacks += router.fallbacks
            wordless += router.wordless
        self._fallback = _first_of(fallbacks)
        self._wordless = _first_of(wordless)
        for word, handler in [*self._openings.items()]:
            self._openings.setdefault(closed(word), handler)
        self._lengths = sorted({len(word) for word in self._openings}, reverse=True)

    def find(self, update: Update) -> Match | None:
        """Return who answers `update`; None when nobody does."""
        if update.kind is UpdateKind.TEXT:
            return self._find_text(update.text)
        if update.kind is UpdateKind.VOICE and update.text:  # the platform wrote it down
            return self._find_text(update.text)
        if update.tap is not None:
            return self._find_tap(update.tap.button, update.text)
        if update.kind is UpdateKind.EVENT and (match := self._events.get(update.event)):
            return match
        if update.kind in WORDLESS and self._wordless:
            return Match(self._wordless)
        return None

    def news(self, update: Update) -> Sequence[News]:
        """Return who hears of `update`, in the order of the rooms."""
        return self._news.get(update.event, ()) if update.kind is UpdateKind.EVENT else ()

    def is_undisturbed(self, match: Match) -> bool:
        """Return True when the room stands before the one that watches."""
        return match.handler in self._undisturbed

    def is_always(self, match: Match) -> bool:
        """Return True when this is answered even while a human has the conversation."""
        return match.handler in self._always

    def is_quiet(self, match: Match) -> bool:
        """Return True when this counts, unanswered, while a human has the conversation."""
        return match.handler in self._quiet

    def is_understood(self, match: Match | None) -> bool:
        """Return True when a room knows what it is, and does not only get what is left."""
        return match is not None and match.handler not in {self._fallback, self._wordless}

    def knows(self, word: str) -> bool:
        """Return True when some room answers `word` as one of its own, typed or pressed."""
        if word.partition(":")[0] in self._taps:
            return True
        match = self._find_text(word)
        return match is not None and match.handler is not self._fallback

    def _find_tap(self, button: str, words: str) -> Match | None:
        """A button that no room knows counts as the words on it, where the channel tells them."""
        prefix, _, rest = button.partition(":")
        if handler := self._taps.get(prefix):
            return Match(handler, rest)
        return self._find_text(words) if words else None

    def _find_text(self, text: str) -> Match | None:
        said = plain(text)
        if handler := self._commands.get(said):
            return Match(handler)
        letters = closed(said)
        if handler := self._commands.get(letters):
            return Match(handler)
        for length in self._lengths:
            if handler := self._openings.get(letters[:length]):
                rest = _behind(said, length)
                if rest[:1].isdigit() or rest[:1] in _SIGNS:
                    return Match(handler, rest.strip(_AFTER))
        if handler := self._commands.get(once(said)):
            return Match(handler)
        return Match(self._fallback, said) if self._fallback else None


def _behind(said: str, letters: int) -> str:
    """Return what stands behind so many letters, however they are spaced."""
    for _ in range(letters):
        said = said.lstrip(" ")[1:]
    return said


def _first_of(handlers: Sequence[Handler]) -> Handler | None:
    """Return what asks one handler after another until one answers."""
    if len(handlers) < 2:  # noqa: PLR2004 - nobody else to ask
        return handlers[0] if handlers else None

    @wraps(handlers[-1])
    def answer(ctx: Context) -> Answer:
        answers = (handler(ctx) for handler in handlers)
        return next((said for said in answers if said is not None), None)

    return answer


def _both(first: Match | None, then: Match) -> Match:
    """Return the match that asks a second room when the first has nothing to say."""
    if first is None:
        return then

    @wraps(then.handler)
    def answer(ctx: Context) -> Answer:
        said = first.handler(ctx)
        return then.handler(ctx) if said is None else said

    return Match(answer, strangers=first.strangers or then.strangers)
