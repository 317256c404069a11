"""Use cases that members share, whichever way they come: sending, and taking back."""

from dataclasses import replace
from datetime import datetime

from bot.commons import members, submissions
from bot.commons.submissions import View, Wish
from bot.commons.vetting import flags_in
from bot.features.ugc import calls, intake, using
from bot.features.ugc.intake import Call
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork


class NoSuchCall(Refusal):
    """There is no open call of this number."""

    template = "ugc/no_such_call.txt.j2"


class NoSuchSubmission(Refusal):
    """She has sent none of this number that stands."""

    template = "ugc/no_such.txt.j2"


def call_of(uow: UnitOfWork, tools: Toolbox, number: int, at: datetime) -> Call:
    """Return the call that is listed under a number now.

    Raises:
        NoSuchCall: there is none.
    """
    listed = calls.open_calls(uow, tools, at)
    if not 1 <= number <= len(listed):
        raise NoSuchCall(f"call {number}", number=number, calls=listed)
    return listed[number - 1]


def send(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, at: datetime
) -> tuple[View, Call | None]:
    """End what she is writing, in time for its call or as a submission of its own.

    Returns:
        The submission, and the call that it came too late for.

    Raises:
        NothingInIt: it is empty, or was not begun.
    """
    draft = submissions.draft(uow, member)
    if draft is None:
        raise intake.NothingInIt(f"member {member}")
    call = calls.find(uow, tools, draft.call) if draft.call else None
    is_late = bool(draft.call) and (call is None or not call.is_open(at))
    words = calls.words(uow, tools)
    flags = flags_in(draft.text, sensitive=words.sensitive, advertising=words.advertising)
    sent = intake.send(uow, draft, at, flags, "" if is_late else draft.call)
    return sent, call if is_late else None


def withdraw(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> View:
    """Take a submission back: out of the gallery and out of the files at once.

    Raises:
        NoSuchSubmission: she has none of this number that stands.
    """
    before = submissions.withdraw(uow, member, number)
    if before is None:
        raise NoSuchSubmission(f"submission {number}", number=number)
    using.forget_withdrawn(uow, tools)
    return before


def choose(uow: UnitOfWork, tools: Toolbox, member: MemberId, wish: Wish) -> View:
    """Let her say whether others may see it; a no counts at once, in the files too.

    Raises:
        NoSuchSubmission: she has none of this number that stands.
    """
    tidy = replace(wish, name=members.tidy_name(wish.name))
    view = submissions.one(uow, wish.number) if submissions.choose(uow, member, tidy) else None
    if view is None:
        raise NoSuchSubmission(f"submission {wish.number}", number=wish.number)
    if not wish.public:
        using.forget_withdrawn(uow, tools)
    return view
