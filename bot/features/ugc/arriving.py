"""What becomes of a picture that has come: taken, or refused with words that say what to do."""

from bot.commons import outreach, submissions
from bot.commons.outreach import Letter, Purpose
from bot.commons.submissions import Coming, Files, Taken
from bot.commons.vetting import Looked
from bot.features.ugc.rules import UgcSettings
from bot.kernel.work import Toolbox, UnitOfWork

LOOK = "ugc.pictures"
"""The errand."""


def keep(uow: UnitOfWork, tools: Toolbox, one: Coming, files: Files, looked: Looked) -> Taken:
    """Take a picture; what can't be taken after all is refused, and its sender told."""
    taken = submissions.keep_picture(uow, one, files, looked)
    if taken is Taken.SAME:
        refuse(uow, tools, one.picture, taken)
    if taken is Taken.ENDED:
        submissions.refuse_picture(uow, one.picture, taken)
    return taken


def refuse(uow: UnitOfWork, tools: Toolbox, picture: int, reason: str) -> None:
    """Give a picture up, and tell its sender what to do instead."""
    refused = submissions.refuse_picture(uow, picture, reason)
    if refused is None:
        return
    found, is_empty = refused
    if found.member is None:
        return
    most_mb = tools.use(UgcSettings).max_picture_mb
    letter = Letter(
        key=f"ugc.picture:{picture}",
        subject="投稿里的一张图片没收下",
        purpose=Purpose.SERVICE,
        template="ugc/picture_refused.txt.j2",
        data={"reason": reason, "most_mb": most_mb, "is_empty": is_empty},
    )
    outreach.tell(uow, tools, found.member, letter)
