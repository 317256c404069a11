"""What she says: which words are an answer, what she is asked then, what it brings."""

from collections.abc import Sequence
from datetime import timedelta

from bot.commons import answers, orders, points, ratings
from bot.commons.answers import SMALL_TALK
from bot.commons.ratings import minisurveys, sorting, voices
from bot.commons.ratings.minisurveys import MiniSurvey
from bot.commons.wording import tidy
from bot.features.minisurveys.rules import (
    ANSWER_CHARS,
    OPEN_FOR,
    WORDS_FOR,
    is_answer,
    is_skip,
    named,
    says_nothing,
)
from bot.kernel.events import FeedbackGiven
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.words import cut_chars
from bot.kernel.work import Context, UnitOfWork

ROOM = "minisurveys"
_MOST_ENTRIES = 50


def hear(ctx: Context) -> None:
    """Keep what she says when it answers the question; who answers her is decided elsewhere."""
    said = ctx.update.text
    if words := named(said):
        if not is_skip(words) and (one := open_of(ctx)) is not None:
            take(ctx, one, words)
    elif is_answer(said, SMALL_TALK) and (one := _asked_here(ctx)) is not None:
        take(ctx, one, said)


def reply(ctx: Context) -> Sequence[Reply] | None:
    """Go on after an answer that was kept a moment ago, or pass a question by; None for neither."""
    if (said := minisurveys.said_by(ctx.uow, ctx.member, _key(ctx))) is not None:
        return go_on(ctx, said)
    words = named(ctx.update.text)
    if not is_skip(words or ctx.update.text):
        return [how(ctx)] if words else None
    if (one := open_of(ctx) if words else _asked_here(ctx)) is None:
        return [how(ctx)] if words else None
    passed = minisurveys.take(ctx.uow, one, "", key=_key(ctx))
    return None if passed is None else go_on(ctx, passed)


def how(ctx: Context) -> Reply:
    """Say what waits for an answer, and how to give it."""
    one = open_of(ctx)
    question = one.questions[one.step - 1]["text"] if one else ""
    return Reply("minisurveys/how.txt.j2", {"question": question})


def open_of(ctx: Context) -> MiniSurvey | None:
    """Return the mini survey in which a question waits for her, for as long as it may."""
    one, now = minisurveys.open_of(ctx.uow, ctx.member), ctx.uow.clock.now()
    if ctx.update.in_group or one is None or one.asked_at is None:
        return None
    return one if now < one.asked_at + OPEN_FOR else None


def _asked_here(ctx: Context) -> MiniSurvey | None:
    """Return the one whose question is what was said to her last: her words are its answer."""
    if (one := open_of(ctx)) is None or one.asked_at is None:
        return None
    if one.step > 1:
        found = answers.dialogue_of(ctx.uow, ctx.member, ROOM)
        return one if found and found.state.get("survey") == one.id else None
    if ctx.uow.clock.now() >= one.asked_at + WORDS_FOR:
        return None
    way = (ctx.update.channel, ctx.update.sender)
    if way != (one.channel, one.identity):
        return None
    is_over = ratings.said_since(
        ctx.uow, one.channel, one.identity, one.asked_at, room=ROOM, key=one.key
    )
    return None if is_over else one


def take(ctx: Context, one: MiniSurvey, words: str) -> MiniSurvey | None:
    """Keep an answer, once; what is to be improved is sorted, and the survey is one deed."""
    uow, said = ctx.uow, cut_chars(tidy(words), ANSWER_CHARS)
    kept = minisurveys.take(uow, one, said, key=_key(ctx))
    if kept is None:
        return None
    answers.close(uow, ctx.member, ROOM)
    if one.questions[one.step - 1]["kind"] == "improve" and not says_nothing(said):
        sorts = sorting.classifier(uow, ctx.tools)
        voices.keep_words(uow, sorts, ctx.member, said, key=_key(ctx), at=ctx.update.at)
    uow.publish(FeedbackGiven(ctx.member, about(one.id), ctx.update.at))
    return kept


def go_on(ctx: Context, one: MiniSurvey) -> Sequence[Reply]:
    """Ask what is next, or thank her."""
    number = len(one.answers)
    if number < len(one.questions):
        minisurveys.go_on(ctx.uow, one, number + 1)
        answers.keep(ctx.uow, ctx.member, ROOM, {"survey": one.id})
        data = {"skipped": not one.answers[-1], "question": one.questions[number]["text"]}
        return [Reply("minisurveys/next.txt.j2", data)]
    answers.close(ctx.uow, ctx.member, ROOM)
    data = {"answered": bool(one.said), "points": points_for(ctx.uow, one)}
    return [Reply("minisurveys/thanks.txt.j2", data)]


def about(number: int) -> str:
    """Return what a mini survey is called as a deed."""
    return f"{ROOM}:{number}"


def number_of(about: str) -> int | None:
    """Return which mini survey a deed is about; None for any other."""
    room, _, number = about.partition(":")
    return int(number) if room == ROOM and number.isdecimal() else None


def points_for(uow: UnitOfWork, one: MiniSurvey) -> int:
    """Return the points that her answers have brought so far."""
    if one.answered_at is None:
        return 0
    since, until = one.answered_at, uow.clock.now() + timedelta(seconds=1)
    ending = f":feedback:{about(one.id)}"
    found = points.entries_of(uow, one.member, since=since, until=until, most=_MOST_ENTRIES)
    return sum(entry.points for entry in found if entry.key.endswith(ending))


def order_called(uow: UnitOfWork, member: MemberId, number: int) -> str:
    """Return an order by the number that people know; empty for one that is not hers any more."""
    found = orders.get(uow, number)
    return found.order_id if found is not None and found.member == member else ""


def _key(ctx: Context) -> str:
    return f"{ctx.update.channel}:{ctx.update.key}"
