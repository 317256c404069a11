"""What a question looks like to members."""

from collections.abc import Mapping

from bot.commons import members
from bot.features.questions.reads import QuestionView
from bot.kernel.ports import Links
from bot.kernel.work import Context, UnitOfWork

PAGE = "questions/all"
LINK_VALID_S = 24 * 3600


def public(uow: UnitOfWork, question: QuestionView) -> Mapping[str, object]:
    """Return what everybody may see of a published question: her name only if she wants it."""
    name = members.display_name(uow, question.member) if question.is_named else None
    return {
        "id": question.id,
        "words": question.public_words,
        "answer": question.answer,
        "by": question.answered_by,
        "name": name or "",
    }


def link(ctx: Context) -> str:
    """Return the address of the page, fit for where it is read."""
    links = ctx.tools.use(Links)
    if ctx.update.in_group:
        return links.for_group(PAGE)
    return links.to(PAGE, ctx.member, valid_s=LINK_VALID_S)
