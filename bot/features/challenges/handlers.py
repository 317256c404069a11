"""The chat doors: 参加, 我的挑战, and pictures for a challenge."""

from datetime import timedelta

from bot.commons import members, photos
from bot.features.challenges import reads, service
from bot.features.challenges.mine import PAGE
from bot.features.challenges.reads import View
from bot.features.challenges.rules import FIRST_NUMBER, LINK_VALID_S, ChallengeSettings
from bot.features.challenges.service import NoSuchChallenge
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.messages import Button, Card, CardKind, Reply, UpdateKind
from bot.kernel.ports import Links, Words
from bot.kernel.router import Answer, Router
from bot.kernel.words import number_said
from bot.kernel.work import Context

router = Router()
_BUTTONS = 6


@router.command("参加", "参加挑战", "我要参加", "加入挑战", "报名挑战", "canjia", argument=True)
def take_part(ctx: Context) -> Answer:
    """Take part in the challenge that is named, or in the only one."""
    found = reads.open_or_coming(ctx.uow, ctx.tools.use(Community).day_of(ctx.update.at))
    said = number_said(ctx.argument.removeprefix("挑战"))
    if ctx.argument and said is None:
        raise NoSuchChallenge("not a number", number=None, views=found)
    if said is None and len(found) != 1:
        return _list(ctx, found)
    return _join(ctx, found[0].id if said is None else said - FIRST_NUMBER)


def _list(ctx: Context, found: list[View]) -> Reply:
    """Return what one can take part in: a card with buttons, or words where there are none.

    In a 1:1 chat those that she is in stand apart; in a group others press the buttons, too.
    """
    if not found:
        raise NoSuchChallenge("nothing is open", number=None, views=found)
    joined = {part.challenge for part in reads.parts_of(ctx.uow, ctx.member)}
    hers = [] if ctx.update.in_group else [view for view in found if view.id in joined]
    views = [view for view in found if view not in hers]
    told = {"views": views, "hers": hers}
    if not views:
        return Reply("challenges/list.txt.j2", told)
    say = ctx.tools.use(Words)
    card = Card(
        id=f"challenges-{ctx.update.key}"[:64],
        shape=CardKind.BUTTONS,
        title=say("challenges/list_title.txt.j2", **told),
        fallback=say("challenges/list.txt.j2", **told),
        description=say("challenges/list_terms.txt.j2", **told),
        buttons=tuple(
            Button(f"参加 {view.number}", f"challenge:{view.id}") for view in views[:_BUTTONS]
        ),
    )
    return Reply(part=card)


@router.tap("challenge")
def tapped(ctx: Context) -> Answer:
    """Take part in the challenge of a button."""
    return _join(ctx, number_in(ctx.argument) or 0)


def _join(ctx: Context, challenge: int) -> Reply:
    told, is_new = service.join(ctx.uow, ctx.tools, ctx.member, challenge, ctx.update.at)
    return Reply(
        "challenges/joined.txt.j2", {**members.addressed(ctx), "it": told, "is_new": is_new}
    )


@router.command("挑战", "有什么挑战", "打卡挑战", "挑战列表", "tiaozhan")
def list_all(ctx: Context) -> Answer:
    """List what one can take part in."""
    return _list(ctx, reads.open_or_coming(ctx.uow, ctx.tools.use(Community).day_of(ctx.update.at)))


@router.command("我的挑战", "挑战进度", "我的打卡挑战", "wodetiaozhan")
def mine(ctx: Context) -> Reply:
    """Show how far she is; in a group only how many there are."""
    parts = reads.parts_of(ctx.uow, ctx.member, most=5)
    views = [view for part in parts if (view := reads.one(ctx.uow, part.challenge))]
    now = ctx.uow.clock.now()
    in_group = ctx.update.in_group
    links = ctx.tools.use(Links)
    return Reply(
        "challenges/mine.txt.j2",
        {
            **members.addressed(ctx),
            "all": [service.standing(ctx.uow, ctx.tools, view, ctx.member, now) for view in views],
            "url": "" if in_group else links.to(PAGE, ctx.member, valid_s=LINK_VALID_S),
            "link_hours": LINK_VALID_S // 3600,
        },
    )


@router.command("照片打卡", "晒图打卡", "照片算上", "图片打卡")
def with_photo(ctx: Context) -> Reply:
    """Let the picture of the last minutes belong to today."""
    minutes = ctx.tools.use(ChallengeSettings).photo_minutes
    day = ctx.tools.use(Community).day_of(ctx.update.at)
    since = ctx.update.at - timedelta(minutes=minutes)
    found = photos.belong(ctx.uow, ctx.member, day, since)
    if found:
        service.heard(ctx.uow, ctx.tools, ctx.member, day)
    return Reply("challenges/with_photo.txt.j2", {"found": found, "minutes": minutes})


@router.without_words
def picture(ctx: Context) -> Answer:
    """Say that a picture has come, where a challenge asks for one."""
    if ctx.update.kind is not UpdateKind.IMAGE:
        return None
    day = ctx.tools.use(Community).day_of(ctx.update.at)
    views = service.asking_for_photos(ctx.uow, ctx.tools, ctx.member, day)
    if not views:
        return None
    minutes = ctx.tools.use(ChallengeSettings).photo_minutes
    told = service.near_checkin(ctx.uow, ctx.tools, ctx.member, ctx.update.at)
    words = {**members.addressed(ctx), "views": views, "checked": told, "minutes": minutes}
    return Reply("challenges/photo_came.txt.j2", words)
