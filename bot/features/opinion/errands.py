"""Asks for second opinions, one at a time, and lets nothing but an answer change anything."""

import structlog

from bot.features.opinion import service
from bot.features.opinion.applying import apply
from bot.features.opinion.rules import ASK
from bot.kernel import crash
from bot.kernel.abilities import Abilities
from bot.kernel.feature import Errand
from bot.kernel.opinions import NoOpinion, SecondOpinion
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)

_AT_ONCE = 20
_MORE_S = 1.0


async def ask(work: Work, tools: Toolbox) -> float | None:
    """Ask about what is wanted, the oldest first; each is written down before it is asked."""
    model = tools.use(Abilities).one(SecondOpinion)
    if model is None:
        return None
    for _ in range(_AT_ONCE):
        question = await work.do(lambda uow: service.claim(uow, tools, model))
        if question is None:
            return None
        crash.step("opinion.claimed")
        try:
            verdict = await model.judge(question.turns)
        except NoOpinion as exc:
            log.warning("opinion.failed", opinion=question.id, why=exc.why.value, code=exc.code)
            trouble = exc
            await work.do(lambda uow: service.fail(uow, tools, question, trouble))  # noqa: B023 - awaited here
            continue
        crash.step("opinion.answered")
        became = await work.do(lambda uow: apply(uow, tools, question, verdict))  # noqa: B023 - awaited here
        log.info("opinion.answered", opinion=question.id, became=became, tokens=verdict.tokens)
    return _MORE_S


errands = (Errand(ASK, ask, every_s=60),)
