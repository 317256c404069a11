"""The chat doors: 投稿 begins, words and pictures follow, 完成 ends; and what she says of it later.

While she writes, every command stays a command: what no room knows is what belongs to it.
"""

from bot.commons import members, submissions
from bot.commons.submissions import Credit, View, Wish
from bot.commons.wording import typed_after
from bot.features.ugc import arriving, calls, intake, replies, service
from bot.features.ugc.replies import GALLERY, LINK_VALID_S, PAGE
from bot.features.ugc.rules import MOST_PICTURES, wish_in
from bot.kernel.abilities import Errands
from bot.kernel.capability import Doors
from bot.kernel.console import number_in
from bot.kernel.messages import Reply, UpdateKind
from bot.kernel.ports import Links
from bot.kernel.router import Answer, Router
from bot.kernel.words import closed, number_said, plain
from bot.kernel.work import Context

router = Router()
_DONE = frozenset({"完成", "完成了", "投稿完成", "写完了", "好了", "发完了", "wancheng", "done"})
_STOP = frozenset({"取消", "取消投稿", "不投了", "放弃", "quxiao", "cancel"})
_MOST_LISTED = 10
_OPENING = ("投稿", "我要投稿", "tougao", "投搞", "头稿", "tg", "晒单")
_PUBLIC = ("公开投稿", "投稿公开")


@router.command(*_OPENING, argument=True)
def begin(ctx: Context) -> Answer:
    """Begin a submission, for a call where its number was given; in a group say where."""
    if ctx.update.in_group:
        url = ctx.tools.use(Links).for_group(PAGE)
        name = members.display_name(ctx.uow, ctx.member)
        return Reply("ugc/in_private.txt.j2", {"url": url, "name": name})
    number = number_said(ctx.argument)
    at = ctx.update.at
    call = service.call_of(ctx.uow, ctx.tools, number, at) if number else None
    draft, is_new = intake.begin(ctx.uow, ctx.member, at, call)
    words = typed_after(ctx.update.text, _OPENING) if ctx.argument and number is None else ""
    if words or ctx.update.media:
        return _take(ctx, draft, words)
    door = ctx.tools.use(Doors).of(ctx.update.channel)
    data = {
        "is_new": is_new,
        "takes_pictures": UpdateKind.IMAGE in door.hears,
        "calls": calls.open_calls(ctx.uow, ctx.tools, at) if call is None else [],
        "most": MOST_PICTURES,
    }
    return Reply("ugc/begun.txt.j2", {**replies.words_of(ctx.uow, ctx.tools, draft), **data})


@router.otherwise
def hear(ctx: Context) -> Answer:
    """Take what she writes while a submission is open; else it is none of our business."""
    if ctx.update.in_group or (draft := submissions.draft(ctx.uow, ctx.member)) is None:
        return None
    said = closed(plain(ctx.update.text))
    if said in _DONE:
        if ctx.update.media:
            _add_pictures(ctx, draft)
        return _done(ctx)
    if said in _STOP:
        submissions.cancel(ctx.uow, draft)
        return Reply("ugc/cancelled.txt.j2")
    if draft.paused_at is not None:
        return None
    return _take(ctx, draft, ctx.update.text)


@router.without_words
def see(ctx: Context) -> Answer:
    """Take a picture for what she is writing, or has just sent: pictures may come late."""
    if ctx.update.in_group:
        return None
    draft = submissions.draft(ctx.uow, ctx.member)
    if draft is None or draft.paused_at is not None:
        return _see_late(ctx)
    if ctx.update.kind is not UpdateKind.IMAGE:
        return Reply("ugc/only_pictures.txt.j2", {"kind": ctx.update.kind.value})
    return _take(ctx, draft, "")


def _see_late(ctx: Context) -> Answer:
    if ctx.update.kind is not UpdateKind.IMAGE:
        return None
    sent = submissions.sent_around(ctx.uow, ctx.member, ctx.update.at)
    if sent is None:
        return None
    _add_pictures(ctx, sent)
    return Reply("ugc/came_late.txt.j2", {"view": sent})


def _take(ctx: Context, draft: View, words: str) -> Answer:
    """Add to a submission; a burst of pictures is answered once."""
    if words.strip():
        intake.add_words(ctx.uow, draft, words, ctx.update.at)
    had = draft.count_pictures
    left_out = _add_pictures(ctx, draft) if ctx.update.media else 0
    if had and not words.strip() and not left_out:
        return ()
    now = submissions.one(ctx.uow, draft.number) or draft
    about = {"left_out": left_out, "most": MOST_PICTURES}
    return Reply("ugc/taken.txt.j2", {**replies.words_of(ctx.uow, ctx.tools, now), **about})


def _add_pictures(ctx: Context, to: View) -> int:
    left_out = intake.add_pictures(ctx.uow, to, ctx.update)
    ctx.tools.use(Errands).soon(ctx.uow, arriving.LOOK)
    return left_out


def _done(ctx: Context) -> Reply:
    sent, late_for = service.send(ctx.uow, ctx.tools, ctx.member, ctx.update.at)
    data = {**replies.words_of(ctx.uow, ctx.tools, sent), "late_for": late_for}
    return Reply(part=replies.choice_card(ctx.uow, ctx.tools, sent, data))


# ── what she says of it later ───────────────────────────────────────────────────────────


@router.command("我的投稿", "投稿记录", "我投的稿", "wodetougao")
def mine(ctx: Context) -> Reply:
    """List what she has sent; in a group nobody reads along."""
    links = ctx.tools.use(Links)
    if ctx.update.in_group:
        name = members.display_name(ctx.uow, ctx.member)
        return Reply("ugc/in_private.txt.j2", {"url": links.for_group(PAGE), "name": name})
    views = submissions.mine(ctx.uow, ctx.member, most=_MOST_LISTED)
    seen = [replies.words_of(ctx.uow, ctx.tools, view) for view in views]
    url = links.to(PAGE, ctx.member, valid_s=LINK_VALID_S)
    return Reply(
        "ugc/mine.txt.j2", {"views": seen, "url": url, "gallery": links.for_group(GALLERY)}
    )


@router.command("撤回投稿", "撤销投稿", "删除投稿", "投稿撤回", argument=True)
def withdraw(ctx: Context) -> Reply:
    """Take one back."""
    number = number_said(ctx.argument)
    if number is None:
        raise service.NoSuchSubmission("no number", number=None)
    view = service.withdraw(ctx.uow, ctx.tools, ctx.member, number)
    return Reply("ugc/withdrawn.txt.j2", {"view": view, "in_group": ctx.update.in_group})


@router.command(*_PUBLIC, argument=True)
def make_public(ctx: Context) -> Reply:
    """Let others see one, and say how its author is named."""
    return _choose(ctx, wish_in(typed_after(ctx.update.text, _PUBLIC), public=True))


@router.command("不公开投稿", "投稿不公开", "取消公开投稿", argument=True)
def make_private(ctx: Context) -> Reply:
    """Let others not see one."""
    return _choose(ctx, wish_in(ctx.argument, public=False))


@router.tap("ugc")
def tapped(ctx: Context) -> Reply:
    """Hear the button of a card."""
    what, _, rest = ctx.argument.partition(":")
    credit = Credit.NICKNAME if what == Credit.NICKNAME else Credit.ANONYMOUS
    return _choose(ctx, Wish(number_in(rest) or 0, what != "private", credit))


def _choose(ctx: Context, wish: Wish | None) -> Reply:
    if wish is None:
        raise service.NoSuchSubmission("no number", number=None)
    view = service.choose(ctx.uow, ctx.tools, ctx.member, wish)
    data = replies.words_of(ctx.uow, ctx.tools, view)
    return Reply("ugc/chosen.txt.j2", {**data, "in_group": ctx.update.in_group})
