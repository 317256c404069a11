"""The chat doors, in 1:1 chats only: 绑定, 绑定 and a code, 确认绑定, 解绑."""

from collections.abc import Callable
from functools import wraps

from bot.commons import members
from bot.features.identity import service
from bot.features.identity.rules import LOCKED, UNDO_WITHIN, VALID, read_code
from bot.features.identity.service import Entry, Side
from bot.features.identity.telling import tell
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Reply
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.router import Router
from bot.kernel.work import Context, UnitOfWork

router = Router()

_TIMES = {
    "minutes": VALID.seconds // 60,
    "locked_minutes": LOCKED.seconds // 60,
    "undo_days": UNDO_WITHIN.days,
}


def _in_private(handler: Callable[[Context], Reply]) -> Callable[[Context], Reply]:
    """Let a handler answer in 1:1 chats only: a group would read the code."""

    @wraps(handler)
    def guarded(ctx: Context) -> Reply:
        return Reply("identity/in_private.txt.j2") if ctx.update.in_group else handler(ctx)

    return guarded


@router.command("绑定", "绑定账号", "账号绑定", "bangding", argument=True)
@_in_private
def bind(ctx: Context) -> Reply:
    """Give out a code, or take one that was typed."""
    if not ctx.argument:
        code = service.offer(ctx.uow, _side(ctx), ctx.update.at)
        return Reply("identity/code.txt.j2", {"code": code, **_TIMES})
    if not (code := read_code(ctx.argument)):
        return Reply("identity/no_code.txt.j2")
    entered = service.enter(ctx.uow, _side(ctx), code, ctx.update.at)
    if entered.other is not None:
        _ask_owner(ctx, entered.other)
    return Reply(_ENTERED[entered.entry], {"left": entered.left, **_other(ctx.uow, entered.other)})


_ENTERED = {
    Entry.FITS: "identity/entered.txt.j2",
    Entry.WRONG: "identity/wrong_code.txt.j2",
    Entry.OWN: "identity/own_code.txt.j2",
    Entry.LOCKED: "identity/locked.txt.j2",
}


@router.command("确认绑定", "确定绑定", "确认绑定账号")
@_in_private
def confirm(ctx: Context) -> Reply:
    """Confirm one side; when both have, they are one."""
    done = service.confirm(ctx.uow, ctx.tools.use(PersonalRegistry), _side(ctx), ctx.update.at)
    if done is None:
        return Reply("identity/nothing_to_confirm.txt.j2")
    if done.merged is None:
        return Reply("identity/waiting.txt.j2", _other(ctx.uow, done.other))
    words = {"places": places(ctx.uow, done.merged.stayed), **_TIMES}
    template = "identity/joined_by_code.txt.j2"
    key = f"identity.joined:{done.merged.id}:{done.merged.stayed}"
    tell(ctx.uow, ctx.tools, (done.other.channel, done.other.identity), template, key, **words)
    return Reply(template, words)


@router.command("解绑", "解除绑定", "取消绑定", "账号解绑", "jiebang")
@_in_private
def part(ctx: Context) -> Reply:
    """Take apart what was joined last."""
    undone = service.part(ctx.uow, ctx.tools.use(PersonalRegistry), ctx.member)
    words = {
        "stayed": places(ctx.uow, undone.stayed),
        "went": places(ctx.uow, undone.went),
    }
    return Reply("identity/parted.txt.j2", words)


def places(uow: UnitOfWork, member: MemberId) -> list[ChannelName]:
    """Return the channels on which a member is known, each once."""
    return list(dict.fromkeys(one.channel for one in members.identities_of(uow, member)))


def _side(ctx: Context) -> Side:
    return Side(ctx.member, ctx.update.channel, ctx.update.sender or "")


def _other(uow: UnitOfWork, other: Side | None) -> dict[str, object]:
    if other is None:
        return dict(_TIMES)
    name = members.display_name(uow, other.member) or ""
    return {"channel": other.channel, "name": name, **_TIMES}


def _ask_owner(ctx: Context, owner: Side) -> None:
    """Ask whose code it is: it may have been read over her shoulder."""
    words = _other(ctx.uow, _side(ctx))
    key = f"identity.asked:{ctx.update.channel}:{ctx.update.key}"
    tell(ctx.uow, ctx.tools, (owner.channel, owner.identity), "identity/asked.txt.j2", key, **words)
