"""Hears a member rate an answer; the platform takes no answer to that."""

from bot.features.feedback import service
from bot.features.feedback.rules import (
    ANSWER_BYTES,
    WORDS_CHARS,
    Verdict,
    reasons_of,
    verdict_of,
)
from bot.features.feedback.service import Opinion
from bot.kernel.router import Router
from bot.kernel.words import cut_bytes, cut_chars
from bot.kernel.work import Context

router = Router()


@router.event("feedback_event")
def rate(ctx: Context) -> None:
    """Keep what she thinks; a kind that is not known stays in the inbox only."""
    said = ctx.update.extra
    verdict = verdict_of(said.get("type", ""))
    answer = cut_bytes(said.get("id", ""), ANSWER_BYTES, mark="")
    if verdict is None or not answer:
        return
    why = verdict is Verdict.INACCURATE
    reasons = reasons_of(said.get("inaccurate_reason_list", "")) if why else []
    service.keep(
        ctx.uow,
        Opinion(
            ctx.update.channel,
            answer,
            ctx.member,
            verdict,
            reasons,
            "" if verdict is Verdict.CANCELLED else cut_chars(said.get("content", ""), WORDS_CHARS),
            ctx.update.at,
        ),
    )
