"""The chat doors of consents: she agrees, takes it back, leaves, comes back; reports on notes."""

from bot.features.subscriptions import service
from bot.kernel.following import AGREED, DECLINED, REPORTED, NoteKind, Outcome
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


@router.event("subscribe_msg_popup_event")
def agree(ctx: Context) -> None:
    """Note each template that she agreed to; a no in the same window takes nothing back."""
    update = ctx.update
    service.come_back(ctx.uow, ctx.member, update.channel, update.at)
    for template in _listed(ctx, AGREED):
        service.agree(
            ctx.uow, ctx.member, update.channel, template, source=update.key, at=update.at
        )


@router.event("subscribe_msg_change_event", strangers=False)
def take_back(ctx: Context) -> None:
    """Take back what she does not want any more."""
    for template in _listed(ctx, DECLINED):
        service.withdraw(ctx.uow, ctx.member, ctx.update.channel, template)


@router.event("unsubscribe", strangers=False)
def leave(ctx: Context) -> None:
    """Write nothing more to somebody who leaves."""
    service.leave(ctx.uow, ctx.member, ctx.update.channel, ctx.update.at)


@router.event("SCAN")
@router.event("subscribe")
def come_back(ctx: Context) -> None:
    """Note that she follows; the next room may greet her."""
    service.come_back(ctx.uow, ctx.member, ctx.update.channel, ctx.update.at)


@router.event("TEMPLATESENDJOBFINISH", strangers=False)
def report_service(ctx: Context) -> None:
    """Note what became of a template message."""
    _report(ctx, NoteKind.SERVICE)


@router.event("subscribe_msg_sent_event", strangers=False)
def report_once(ctx: Context) -> None:
    """Note what became of a notice that she agreed to."""
    _report(ctx, NoteKind.ONCE)


def _report(ctx: Context, kind: NoteKind) -> None:
    known = {outcome.value: outcome for outcome in Outcome}
    for word in _listed(ctx, REPORTED):
        note, _, outcome = word.rpartition("=")
        if note and outcome in known:
            service.report(ctx.uow, ctx.member, ctx.update.channel, note, known[outcome], kind=kind)


def _listed(ctx: Context, key: str) -> list[str]:
    return [word for word in ctx.update.extra.get(key, "").split(",") if word]
