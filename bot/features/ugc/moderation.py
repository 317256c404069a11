"""Verdicts, with the words for whoever comes too late and the letters to authors."""

from bot.commons import outreach, submissions
from bot.commons.outreach import Letter, Purpose
from bot.commons.submissions import State, View
from bot.features.ugc.rules import UgcSettings
from bot.kernel.errors import Refusal
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import micros


class SameEyes(Refusal):
    """Whoever accepted it may not be the second to look at it."""

    template = "ugc/same_eyes.txt.j2"


class NotThere(Refusal):
    """The submission is not as the page showed it."""

    template = "ugc/not_there.txt.j2"


def must(done: object, number: int) -> None:
    """Go on when something was done.

    Raises:
        NotThere: the submission was not as the page showed it.
    """
    if not done:
        raise NotThere(f"submission {number}")


def publish(uow: UnitOfWork, number: int, settings: UgcSettings, *, who: str) -> None:
    """Let others see what was accepted: the second pair of eyes.

    Raises:
        SameEyes: she has accepted it herself.
        NotThere: it may not be shown, or is already.
    """
    if submissions.publish(uow, number, who=who, alone=not settings.second_pair):
        return
    found = submissions.one(uow, number)
    if found and found.state is State.ACCEPTED and found.is_public and not found.published_by:
        raise SameEyes(f"submission {number}", number=number)
    raise NotThere(f"submission {number}")


def adopt(uow: UnitOfWork, tools: Toolbox, number: int, *, who: str, title: str) -> None:
    """Say that an entry is what will be made, and tell its author.

    Raises:
        NotThere: it is not accepted, or adopted already.
    """
    done = submissions.adopt(uow, number, who=who)
    found = submissions.one(uow, number)
    if not done or found is None or found.member is None:
        raise NotThere(f"submission {number}")
    letter = Letter(
        key=f"ugc.adopted:{number}",
        subject=f"投稿 {number} 已采纳",
        purpose=Purpose.SERVICE,
        template="ugc/adopted.txt.j2",
        data={"view": found, "title": title},
    )
    outreach.tell(uow, tools, found.member, letter)


def tell_next(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Tell the verdict that has stood long enough; False when there is none."""
    found = submissions.settle_next(uow)
    if found is None:
        return False
    if found.member is not None:
        outreach.tell(uow, tools, found.member, _letter(found))
    return True


def _letter(found: View) -> Letter:
    decided = micros(found.decided_at) if found.decided_at else 0
    return Letter(
        key=f"ugc.verdict:{found.number}:{decided}",
        subject=f"投稿 {found.number} 的审核结果",
        purpose=Purpose.SERVICE,
        template="ugc/verdict.txt.j2",
        data={"view": found},
    )
