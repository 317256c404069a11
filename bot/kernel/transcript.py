"""What was said between a member and us, whoever spoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bot.kernel.ids import ChannelName, MemberId

if TYPE_CHECKING:
    from bot.kernel.work import UnitOfWork


class Speaker(StrEnum):
    """Who said something in a 1:1 conversation."""

    MEMBER = "member"
    BOT = "bot"
    ADVISOR = "advisor"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said to or by a member in a 1:1 chat."""

    id: str
    """Of the book it stands in, and its number there: `in:17`, `out:4`."""
    at: datetime
    by: Speaker
    words: str
    kind: str
    """As `UpdateKind` or a part's `kind` calls it."""
    status: str
    """Of what was sent: `queued`, `sent`, `parked`, `withdrawn`…; empty for what she said."""
    channel: ChannelName
    media: Sequence[str] = ()
    """The `ref` of each of her pictures and files (`commons.media` knows the kept ones)."""
    who: str = ""
    """Of an advisor, as the platform calls her; empty where it does not say."""
    key: str = ""
    """The platform's id of what she said; of what was sent the key that makes it unique."""
    error: str = ""
    """Why what was to be sent has not left, or may not have; in the words of its channel."""


class Transcript(Protocol):
    """Finds what was said between a member and us, whoever spoke; waits in the toolbox."""

    def latest(
        self, uow: "UnitOfWork", member: MemberId, *, most: int, since: datetime | None = None
    ) -> Sequence[Utterance]:
        """Return the latest utterances of all her 1:1 chats, the oldest of them first."""
        ...
