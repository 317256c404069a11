"""The chat doors: whatever no command is may be a question; 有用 and 没用 rate an answer."""

from collections.abc import Sequence

from bot.commons import answers
from bot.commons.answers import GREETINGS, NODS, THANKS, Sureness
from bot.features.faq import replies, service
from bot.features.faq.book import look_up
from bot.features.faq.replies import step_of
from bot.features.faq.rules import (
    NONE_OF_THEM,
    OFFERED,
    YES,
    Outcome,
)
from bot.kernel.messages import Reply
from bot.kernel.ports import Words
from bot.kernel.router import Router
from bot.kernel.words import closed, number_said
from bot.kernel.work import Context

router = Router()


@router.command("有用", "有帮助", "有用的", "解决了", "很有用")
def useful(ctx: Context) -> Sequence[Reply] | None:
    """Keep that the last answer was of use."""
    return _rate(ctx, helpful=True)


@router.command("没用", "没有用", "没帮助", "没解决", "没有解决", "不是我要的", "答非所问")
def useless(ctx: Context) -> Sequence[Reply] | None:
    """Keep that the last answer was of no use; the second time in a row a human is asked."""
    return _rate(ctx, helpful=False)


@router.tap("faq")
def tapped(ctx: Context) -> Sequence[Reply] | None:
    """Take a button of a question that was asked back: the number of what is meant."""
    if ctx.argument == replies.HUMAN:
        return answers.hand_over(ctx, ctx.tools.use(Words)("faq/asked_human.txt.j2"))
    return _answer(ctx, ctx.argument)


@router.otherwise
def asked(ctx: Context) -> Sequence[Reply] | None:
    """Answer in a 1:1 chat; what is not understood once, the last room says so."""
    return _answer(ctx, ctx.argument)


def _answer(ctx: Context, said: str) -> Sequence[Reply] | None:
    if ctx.update.in_group or not said:
        return None
    step = step_of(ctx)
    number = 1 if len(step.offered) == 1 and closed(said) in YES else number_said(said)
    if step.offered and number is not None and 1 <= number <= len(step.offered):
        return replies.give(ctx, step.offered[number - 1], picked=step.question)
    if step.offered and closed(said) in NONE_OF_THEM:
        service.refused(ctx.uow, ctx.member, step.question)
        return replies.not_understood(ctx, said, once=replies.none_of_them(ctx))
    talk = _small_talk(closed(said))
    return _find(ctx, said) if talk is None else talk


def _small_talk(said: str) -> Sequence[Reply] | None:
    if said in NODS:
        return []
    if said in THANKS or said in GREETINGS:
        return [Reply("faq/small_talk.txt.j2", {"is_thanks": said in THANKS})]
    return None


def _find(ctx: Context, said: str) -> Sequence[Reply] | None:
    sureness, meant, hits = look_up(ctx.tools, said, ctx.uow.clock.now())
    score = hits[0].score if hits else 0.0
    if sureness is Sureness.SURE:
        path = meant[0].key
        service.note(ctx.uow, ctx.member, said, Outcome.ANSWERED, path=path, score=score)
        return replies.give(ctx, path)
    path = hits[0].key if hits else ""
    outcome = Outcome.OFFERED if sureness is Sureness.UNSURE else Outcome.MISSED
    number = service.note(ctx.uow, ctx.member, said, outcome, path=path, score=score)
    if sureness is Sureness.NOT:
        return replies.not_understood(ctx, said)
    paths = [hit.key for hit in meant[:OFFERED]]
    return replies.not_understood(ctx, said, once=replies.ask_back(ctx, paths, number))


def _rate(ctx: Context, *, helpful: bool) -> Sequence[Reply] | None:
    if ctx.update.in_group:
        return None
    answered = service.answered_last(ctx.uow, ctx.member)
    was = "nothing"
    if answered is not None:
        is_first = service.rate(ctx.uow, ctx.member, answered, helpful=helpful)
        was = "rated" if is_first else "again"
    said = [Reply("faq/rated.txt.j2", {"helpful": helpful, "was": was})]
    if helpful or was == "again":
        return said
    return replies.not_understood(ctx, ctx.update.text, once=said)
