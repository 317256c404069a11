"""How a submission is taken, and what is refused: too many words, pictures, entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import submissions, wording
from bot.commons.submissions import State, View
from bot.commons.vetting import Flag
from bot.features.ugc.rules import MOST_PICTURES, TEXT_CHARS
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.messages import Update
from bot.kernel.work import UnitOfWork


class NothingInIt(Refusal):
    """There is neither a word nor a picture to send."""

    template = "ugc/nothing_in_it.txt.j2"


class TooLong(Refusal):
    """More words than a submission holds; these were not taken."""

    template = "ugc/too_long.txt.j2"


class TooManyEntries(Refusal):
    """She has sent as many entries to this call as one may."""

    template = "ugc/too_many_entries.txt.j2"


@dataclass(frozen=True, slots=True)
class Call:
    """A call for entries (征集) as it stands now."""

    path: str
    title: str
    words: str
    winners: str
    most_each: int
    opens_at: datetime | None
    closes_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Return True when an entry sent at `at` is in time; the last instant is too late."""
        return (self.opens_at is None or self.opens_at <= at) and at < self.closes_at


def begin(uow: UnitOfWork, member: MemberId, at: datetime, call: Call | None) -> tuple[View, bool]:
    """Begin a submission, or go on with the one that is begun; True when it is new.

    Raises:
        TooManyEntries: the call takes no more of hers.
    """
    if call is not None and submissions.entries(uow, member, call.path) >= call.most_each:
        raise TooManyEntries(call.path, call=call)
    return submissions.begin(uow, member, at, call.path if call else "")


def add_words(uow: UnitOfWork, draft: View, words: str, at: datetime) -> None:
    """Add words to a submission, as she wrote them but for what nobody sees.

    Raises:
        TooLong: it would hold too many; these are left out.
    """
    words = wording.visible(words).strip()
    if len(draft.text) + 1 + len(words) > TEXT_CHARS:
        left = max(0, TEXT_CHARS - len(draft.text) - 1)
        raise TooLong(f"submission {draft.number}", most=TEXT_CHARS, left=left)
    submissions.add_words(uow, draft, words, at)


def add_pictures(uow: UnitOfWork, to: View, update: Update) -> int:
    """Take note of the pictures of a message; return how many were too many.

    They are fetched by the room of received files and looked at by our errand.
    """
    free, count = max(0, MOST_PICTURES - to.count_pictures), len(update.media)
    for place in range(min(count, free)):
        submissions.add_picture(uow, to.number, update, place)
    if to.state is State.DRAFT:
        submissions.touch(uow, to, update.at)
    return max(0, count - free)


def send(uow: UnitOfWork, draft: View, at: datetime, flags: Sequence[Flag], call: str) -> View:
    """End a submission: from now on it waits for a verdict.

    Raises:
        NothingInIt: it is empty.
    """
    if not draft.text and not draft.pictures and not draft.coming:
        raise NothingInIt(f"submission {draft.number}")
    return submissions.send(uow, draft, at, flags, call)
