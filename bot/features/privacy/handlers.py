"""The chat doors of a member's rights over her data, in 1:1 chats only."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from bot.commons import audit, members
from bot.features.privacy import service
from bot.features.privacy.rules import CONFIRM_WITHIN, LINK_VALID_S, PrivacySettings
from bot.kernel.community import Community
from bot.kernel.messages import Reply
from bot.kernel.ports import Links
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()

_MINUTES = {
    "confirm_minutes": CONFIRM_WITHIN.seconds // 60,
    "link_minutes": LINK_VALID_S // 60,
}


def _in_private(handler: Callable[[Context], Reply]) -> Callable[[Context], Reply]:
    """Let a handler answer in 1:1 chats only; a group reads along."""

    @wraps(handler)
    def guarded(ctx: Context) -> Reply:
        return Reply("privacy/in_private.txt.j2") if ctx.update.in_group else handler(ctx)

    return guarded


@router.command(
    *("我的数据", "我的资料", "我的信息", "个人信息", "个人资料", "我的个人信息", "我的个人资料"),
    *("隐私", "我的隐私", "隐私政策"),
)
@_in_private
def show(ctx: Context) -> Reply:
    """Tell what is kept, what for and how long."""
    kept = service.overview(ctx.uow, ctx.tools.use(PersonalRegistry), ctx.member)
    settings = ctx.tools.use(PrivacySettings)
    known = members.identities_of(ctx.uow, ctx.member)
    channels = list(dict.fromkeys(one.channel for one in known))
    model = ctx.tools.use(Community).second_opinion
    data = {"kept": kept, "settings": settings, "channels": channels, "second_opinion": model}
    return Reply("privacy/mine.txt.j2", data)


@router.command(
    *("导出我的数据", "导出我的资料", "导出数据", "导出资料", "下载我的数据", "下载我的资料"),
    *("导出我的信息", "导出个人信息", "导出个人资料"),
)
@_in_private
def export(ctx: Context) -> Reply:
    """Hand out a link to a file with everything."""
    url = ctx.tools.use(Links).to("privacy/export", ctx.member, valid_s=LINK_VALID_S)
    audit.record(ctx.uow, "member", "privacy.export_link", "", member=ctx.member)
    return Reply("privacy/export.txt.j2", {"url": url, **_MINUTES})


@router.command(
    *("删除我的数据", "删除我的资料", "删除数据", "清除我的数据", "清除我的资料"),
    *(
        "删除我的信息",
        "删除个人信息",
        "删除个人资料",
        "删除我的个人信息",
        "注销",
        "注销账号",
        "我要注销",
        "删除账号",
    ),
)
@_in_private
def ask_erasure(ctx: Context) -> Reply:
    """Ask back before anything is deleted."""
    due_at = service.ask(ctx.uow, ctx.member, ctx.update.at)
    if due_at is not None:
        return Reply("privacy/erasure_due.txt.j2", {"due_at": _local(ctx, due_at)})
    grace_days = ctx.tools.use(PrivacySettings).erasure_grace_days
    return Reply("privacy/confirm.txt.j2", {"grace_days": grace_days, **_MINUTES})


@router.command("确认删除", "确定删除", "确认删除我的数据")
@_in_private
def confirm_erasure(ctx: Context) -> Reply:
    """Settle the deletion."""
    due_at = service.confirm(
        ctx.uow,
        ctx.tools.use(PersonalRegistry),
        ctx.member,
        ctx.update.at,
        grace_days=ctx.tools.use(PrivacySettings).erasure_grace_days,
    )
    if due_at is None:
        return Reply("privacy/erased.txt.j2")
    return Reply("privacy/erasure_due.txt.j2", {"due_at": _local(ctx, due_at)})


@router.command("撤销删除", "取消删除", "撤回删除", "不删了", "撤销删除我的数据")
@_in_private
def cancel_erasure(ctx: Context) -> Reply:
    """Keep everything after all."""
    service.cancel(ctx.uow, ctx.member)
    return Reply("privacy/cancelled.txt.j2")


def _local(ctx: Context, at: datetime) -> datetime:
    return at.astimezone(ctx.tools.use(Community).zone)
