"""What can go wrong; the type says what the caller does next.

    BotError
    ├── Refusal            the member is told, in the words of a template
    ├── WeakPassword       whoever chose it is told, and chooses again
    ├── BadCallback        the caller at the door gets a 4xx
    ├── NeedsFence         the unit of work is run again, with a savepoint
    ├── CannotStore        nothing can be written now: 503, the caller comes again
    ├── PlatformError      a platform did not take a message
    │   ├── RetryLater     the same message again, not before `after_s`
    │   ├── Ambiguous      it may have arrived: again only while twins are dropped
    │   └── Undeliverable  never again; an operator sees why
    └── FileProblem        an operator's file is wrong, with file and line

Anything else is a bug: a traceback, three tries, then parked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from typing_extensions import override


class BotError(Exception):
    """Everything that this program raises on purpose."""


class Refusal(BotError):
    """The member asked for what cannot be; nothing is written and they are told why."""

    template: ClassVar[str] = ""

    def __init__(self, reason: str, **words: object) -> None:
        super().__init__(reason)
        self.words: Mapping[str, object] = words


class WeakPassword(BotError):
    """A password that cannot be taken; `rule` names why, for the words of a template."""

    def __init__(self, reason: str, *, rule: str) -> None:
        super().__init__(reason)
        self.rule = rule


class BadCallback(BotError):
    """A callback that proves nothing or says nothing; `status` is the HTTP answer."""

    def __init__(self, reason: str, *, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


class CannotStore(BotError):
    """The database takes no writes at the moment: full disk, lock, lost connection."""


class NeedsFence(BotError):
    """Somebody has refused after writing, and no savepoint was there to take it back."""


class PauseScope(StrEnum):
    """What rests while a platform asks for patience."""

    MESSAGE = "message"
    LANE = "lane"
    CHANNEL = "channel"


class PlatformError(BotError):
    """A platform did not take a message; `code` is its own error number, 0 for none."""

    def __init__(self, reason: str, *, code: int = 0) -> None:
        super().__init__(reason)
        self.code = code


class RetryLater(PlatformError):
    """Try the same message again, not before `after_s` seconds from now.

    `uncounted` marks a limit rather than a failure: such a try does not bring the message
    nearer to being parked. `doubtful` marks an answer that does not say that nothing was taken:
    the next try asks the platform to drop a twin.
    """

    def __init__(
        self,
        reason: str,
        *,
        after_s: float,
        code: int = 0,
        scope: PauseScope = PauseScope.MESSAGE,
        uncounted: bool = False,
        doubtful: bool = False,
    ) -> None:
        super().__init__(f"{reason}; retry in {after_s:g} s", code=code)
        self.after_s = after_s
        self.scope = scope
        self.uncounted = uncounted
        self.doubtful = doubtful


class Ambiguous(PlatformError):
    """The request went out and no answer came back: it may or may not have arrived."""


class Undeliverable(PlatformError):
    """Never send this again. `channel_off` stops the whole channel until an operator acts.

    `quiet` marks what is nobody's fault and nobody's work, such as an answer while a human has
    the chat: dropped with its reason, and no operator is told.
    """

    def __init__(
        self, reason: str, *, code: int = 0, channel_off: bool = False, quiet: bool = False
    ) -> None:
        super().__init__(reason, code=code)
        self.channel_off = channel_off
        self.quiet = quiet


def is_everybodys(error: PlatformError) -> bool:
    """Return True when an error is surely not about the one thing that was asked about."""
    if isinstance(error, RetryLater):
        return error.uncounted or error.scope is PauseScope.CHANNEL
    return isinstance(error, Undeliverable) and error.channel_off


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in an operator's file: `FILE:LINE: [rule] message`, then a hint."""

    path: str
    line: int
    rule: str
    message: str
    hint: str = ""
    warning: bool = False

    @override
    def __str__(self) -> str:
        head = f"{self.path}:{self.line}: [{self.rule}] {self.message}"
        return f"{head}\n    {self.hint}" if self.hint else head


class FileProblem(BotError):
    """One or more problems in files that an operator wrote."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class ConfigError(FileProblem):
    """The configuration is wrong; the program does not start."""


class ContentError(FileProblem):
    """A content or schedule file is wrong; the others keep running."""
