"""What the author of an idea is told at each step."""

from bot.commons import outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.ideas.reads import IdeaView
from bot.features.ideas.rules import IdeaSettings
from bot.kernel.community import Community
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_STEP = Statement(
    "INSERT INTO idea_steps (idea_id, state, reply, who, at)"
    " VALUES (:idea, :state, :reply, :who, :now) RETURNING id"
)


def step(uow: UnitOfWork, tools: Toolbox, idea: IdeaView, *, reply: str, who: str) -> None:
    """Write down that an idea came to where it stands, and tell its author."""
    now = micros(uow.clock.now())
    rows = uow.run(_STEP, idea=idea.id, state=idea.state, reply=reply, who=who, now=now)
    write(uow, tools, idea, f"step:{integer(rows[0][0])}", what=idea.state.value, reply=reply)


def write(
    uow: UnitOfWork, tools: Toolbox, idea: IdeaView, key: str, *, what: str, reply: str = ""
) -> None:
    """Write to the author of an idea, if there is one."""
    if idea.member is None:
        return
    zone = tools.use(Community).zone
    letter = Letter(
        key=f"ideas.{key}",
        subject=f"建议 {idea.id} 的回复",
        purpose=Purpose.SERVICE,
        template="ideas/letter.txt.j2",
        data={
            "idea": idea,
            "what": what,
            "reply": reply,
            "due_at": idea.due_at.astimezone(zone) if idea.due_at else None,
            "days": tools.use(IdeaSettings).reply_within_days,
        },
    )
    outreach.tell(uow, tools, idea.member, letter)
