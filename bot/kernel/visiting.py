"""Who opens a member's page: what proves it, and how a browser is remembered.

A channel may offer `PageLogin` and `PageSdk` (`bot.kernel.abilities`); the web wing calls them,
outside of any unit of work. `Visits` is what the house keeps of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.kernel.errors import BotError
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Toolbox, UnitOfWork


class Browser(StrEnum):
    """The browsers inside which a platform says who is there."""

    WECHAT = "wechat"
    WECOM = "wecom"


@dataclass(frozen=True, slots=True)
class Alias:
    """A person as one channel names her."""

    channel: ChannelName
    identity: str


@dataclass(frozen=True, slots=True)
class Proven:
    """Who has opened a page, by the word of a platform."""

    names: tuple[Alias, ...]
    """The same person under each; somebody new becomes known by the first."""
    unionid: str = ""
    """Who she is for all accounts of one owner; empty when the platform does not say."""


class CodeSpent(BotError):
    """The code of a login was used before, or is too old: she has to come again."""


class Unnamed(BotError):
    """The platform knows who it is and does not tell us: no customer of ours, or out of sight."""


class PageLogin(Protocol):
    """A platform that says who opens a page (OAuth)."""

    serves: tuple[Browser, ...]
    """Where it works; the browser that it is meant for stands first."""

    def ask(self, back: str, state: str) -> str:
        """Return the platform's address that sends the browser to `back` with a code and `state`.

        Args:
            back: an address of ours, whose host the platform trusts.
            state: at most 128 letters and digits.
        """
        ...

    async def who(self, code: str) -> Proven:
        """Return whom a code stands for; a code is good once and for five minutes.

        Raises:
            CodeSpent: it is not good any more.
            Unnamed: the platform does not say who it is.
            PlatformError: there is no answer now.
        """
        ...


class PageSdk(Protocol):
    """A platform whose abilities a page may use by its JavaScript (JS-SDK)."""

    serves: tuple[Browser, ...]
    """As with `PageLogin`."""

    async def sign(self, url: str) -> Mapping[str, object]:
        """Return what a page at `url` hands to the script, ready to become JSON.

        Raises:
            PlatformError: there is no ticket now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Guest:
    """The member behind a browser that is known."""

    member: MemberId
    name: str
    """What to call her; empty when nobody said."""
    stale: bool = False
    """True when the session's last use should be written down again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said when a form of a page was sent."""

    words: str
    refused: bool


class Visits(Protocol):
    """Sessions of members' browsers, links that open once, and forms that act once."""

    def find_session(self, uow: UnitOfWork, secret: str) -> Guest | None:
        """Return who holds the session; None when it is over or never was."""
        ...

    def touch_session(self, uow: UnitOfWork, secret: str) -> None:
        """Write down that the session was used now."""
        ...

    def close_session(self, uow: UnitOfWork, secret: str) -> None:
        """End a session."""
        ...

    def name_of(self, uow: UnitOfWork, member: MemberId) -> str:
        """Return what to call a member; empty when nobody said."""
        ...

    def is_spent(self, uow: UnitOfWork, token: str) -> bool:
        """Return True when a personal link has been opened."""
        ...

    def open_link(
        self, uow: UnitOfWork, token: str, member: MemberId, *, until: datetime, browser: str
    ) -> str | None:
        """Open a personal link in one browser; return the secret of a session.

        Args:
            uow: the unit of work.
            token: of the link; it opens once.
            member: for whom it was made.
            until: when it is void anyway.
            browser: what tells this browser from others; it may open the link again.

        Returns:
            None when another browser has opened it, or the member is gone.
        """
        ...

    def take(
        self, uow: UnitOfWork, token: str, member: MemberId, *, until: datetime, what: str
    ) -> MemberId | None:
        """Let a file be taken by a personal link, once, and write that down.

        Args:
            uow: the unit of work.
            token: of the link and the file.
            member: for whom the link was made.
            until: when it is void anyway.
            what: the page, and which of its files.

        Returns:
            Whose it is; None when it was taken before, or the member is gone.
        """
        ...

    def enter(self, uow: UnitOfWork, proven: Proven) -> str | None:
        """Open a session for somebody known; None for somebody never seen."""
        ...

    def agree(self, uow: UnitOfWork, proven: Proven, *, wording: str) -> str:
        """Make somebody a member who agreed to `wording`, and open a session."""
        ...

    def begin(self, uow: UnitOfWork, member: MemberId, key: str) -> MemberId | None:
        """Begin what a form asks for; return for whom, who may be another since a merge.

        None when the same form was sent before, or she is gone.
        """
        ...

    def finish(self, uow: UnitOfWork, member: MemberId, key: str, outcome: Outcome) -> None:
        """Keep what came of it for a while."""
        ...

    def outcome(self, uow: UnitOfWork, member: MemberId, key: str) -> Outcome | None:
        """Return what came of a form a moment ago; None for an old or unknown one."""
        ...

    def report(self, uow: UnitOfWork, tools: Toolbox, channel: ChannelName, text: str) -> None:
        """Tell operators, once a day, that a login does not work."""
        ...
