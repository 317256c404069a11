"""What members are told, and where they then stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commons import answers, audience, salutations
from bot.commons.content import ContentFile, names_for, parts_of, render
from bot.features.faq import service
from bot.features.faq.book import at_hand
from bot.kernel.community import Community
from bot.kernel.errors import ContentError
from bot.kernel.messages import Reply
from bot.kernel.ports import Groups, Words
from bot.kernel.work import Context

ROOM = "faq"
HUMAN = "human"
"""Of the button that calls one."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a member stands: what was offered her."""

    offered: Sequence[str] = ()
    question: int = 0
    """The number of the question that she was asked back about."""


def step_of(ctx: Context) -> Step:
    """Return where the sender stands with this room."""
    found = answers.dialogue_of(ctx.uow, ctx.member, ROOM)
    return Step(**found.state) if found else Step()


def give(ctx: Context, path: str, *, picked: int = 0) -> Sequence[Reply] | None:
    """Return the answer of a file, with its pictures; as not understood when the file is gone.

    Args:
        ctx: of the question.
        path: of the file.
        picked: the number of the question when she was asked back, and said which was meant.
    """
    now = ctx.uow.clock.now()
    day = ctx.tools.use(Community).day_of(now)
    file = at_hand(ctx.tools, now).files.get(path)
    if file is None or not file.may_go_out(day):
        return not_understood(ctx, ctx.update.text)
    if picked:
        service.picked(ctx.uow, ctx.member, picked, path)
    answers.understood(ctx.uow, ctx.member)
    answers.close(ctx.uow, ctx.member, ROOM)
    called = salutations.called(ctx.uow, ctx.member)
    names = names_for(ctx.tools.use(Community).name, "", day, called=called)
    try:
        words = render(file, _variant(ctx, file), **names)
    except ContentError:
        reason = ctx.tools.use(Words)("faq/reason.txt.j2", said=ctx.update.text, broken=path)
        return answers.hand_over(ctx, reason)
    text = Reply("faq/answer.txt.j2", {"words": words})
    return [
        text,
        *(Reply(part=part) for part in parts_of("", file.media, file.title) if file.media),
    ]


def _variant(ctx: Context, file: ContentFile) -> str:
    """Return the name of the first variant that is for the sender."""
    groups = ctx.tools.use(Groups)
    meant = (
        variant.name
        for variant in file.variants
        if audience.includes(ctx.uow, [variant.when], ctx.member, groups)
    )
    return next(meant, "")


def ask_back(ctx: Context, paths: Sequence[str], question: int) -> Sequence[Reply]:
    """Offer the sender what she may mean, with buttons where there are any."""
    answers.keep(ctx.uow, ctx.member, ROOM, {"offered": list(paths), "question": question})
    files = at_hand(ctx.tools, ctx.uow.clock.now()).files
    titles = [files[path].title for path in paths]
    words = ctx.tools.use(Words)
    buttons = [(title, f"{ROOM}:{number}") for number, title in enumerate(titles, 1)]
    human = (words("faq/human.txt.j2"), f"{ROOM}:{HUMAN}")
    title = words("faq/which.txt.j2", titles=titles)
    text = Reply("faq/ask_back.txt.j2", {"titles": titles})
    return [answers.offer(ctx, text, title, [*buttons, human])]


def none_of_them(ctx: Context) -> Sequence[Reply]:
    """Ask the sender to say it otherwise."""
    answers.keep(ctx.uow, ctx.member, ROOM, {})
    return [Reply("faq/none_of_them.txt.j2")]


def not_understood(
    ctx: Context, said: str, *, once: Sequence[Reply] | None = None
) -> Sequence[Reply] | None:
    """Return what is said the first time, and the second time in a row give her to a human.

    Args:
        ctx: of what was not understood.
        said: for the advisor.
        once: None lets the last room say that it was not understood.
    """
    if not answers.miss(ctx.uow, ctx.member):
        return once
    reason = ctx.tools.use(Words)("faq/reason.txt.j2", said=said, broken="")
    return answers.hand_over(ctx, reason)
