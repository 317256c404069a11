"""The chat door: 评价, how a member liked a salon."""

from bot.commons.salons import FIRST_NUMBER
from bot.features.doors import feedback
from bot.features.doors.rules import stars_in
from bot.kernel.messages import Reply
from bot.kernel.router import Answer, Router
from bot.kernel.work import Context

router = Router()


@router.command("评价", "评价活动", "活动评价", "pingjia", argument=True)
def rate(ctx: Context) -> Answer:
    """Take how she liked a salon."""
    number, stars, said = stars_in(ctx.argument)
    if ctx.update.in_group and number is None and not stars:
        return None
    if number is None:
        went = [found for found, _ in feedback.went_to(ctx.uow, ctx.member)]
        if len(went) != 1:
            return Reply("console/which_salon.txt.j2", {"salons": went, "verb": "评价"})
        number = went[0].number
    salon, at = number - FIRST_NUMBER, ctx.update.at
    found = feedback.rate(ctx.uow, ctx.member, salon, stars, said, at=at)
    data = {"salon": found, "stars": stars, "in_group": ctx.update.in_group}
    return Reply("doors/rated.txt.j2", data)
