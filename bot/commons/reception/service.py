"""Hands a member over to a human, and back: the case, the lock, and one honest line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import cases, duty, staff
from bot.commons.notices import Notices
from bot.commons.reception import choosing, ownership
from bot.commons.reception.ownership import Owner
from bot.kernel import crash
from bot.kernel.community import Community
from bot.kernel.events import HumanWanted
from bot.kernel.ids import MemberId
from bot.kernel.messages import Outgoing, Reply, Text, Voice
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a member's case, for an honest word to her."""

    case: cases.Case
    owned: ownership.Owned | None
    advisor: str
    """What members call whoever was asked, or has it; empty for nobody yet."""
    ahead: int
    """How many wait longer, or need it more."""
    promised_at: datetime | None
    """Until when a human was promised to write; None when no time was named."""


def hand_over(uow: UnitOfWork, tools: Toolbox, concern: cases.Concern) -> Sequence[Reply]:
    """Open a case, ask an advisor, take the conversation from the bot.

    Returns:
        The honest line, to be said before anything else happens; nothing when she has heard it.
    """
    opened = cases.open_case(uow, concern)
    case = opened.case
    if not opened.is_new:
        alarmed = opened.is_graver and case.kind is cases.Kind.SAFETY and not concern.in_group
        falls_silent = _silence(uow, tools, case, concern)
        return [line(uow, tools, case)] if falls_silent or alarmed else []
    crash.step("care.opened")
    if not choosing.assign(uow, tools, case):
        _tell_operators(uow, tools, case)
    crash.step("care.assigned")
    _silence(uow, tools, case, concern)
    crash.step("care.silenced")
    if concern.in_group and case.kind is not cases.Kind.HUMAN:
        return []  # nobody is exposed before the group: an advisor writes to her
    return [line(uow, tools, case)]


def _silence(uow: UnitOfWork, tools: Toolbox, case: cases.Case, concern: cases.Concern) -> bool:
    """Take the conversation from the bot; False when it is not its, or stays so."""
    if concern.in_group or not concern.kind.silences:
        return False
    if ownership.owner_of(uow, case.member) is not None:
        return False
    ownership.take(uow, tools, case.member, case.id, Owner.PENDING)
    who = (concern.channel, concern.account, concern.identity)
    uow.publish(HumanWanted(case.member, *who))
    return True


def _tell_operators(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> None:
    """Nobody can be asked: whoever looks after the shop must know."""
    text = tools.use(Words)(
        "care/nobody.txt.j2", member=case.member, channel=case.channel, kind=case.kind.value
    )
    key = f"care.nobody:{case.id}:{case.times_opened}"
    tools.use(Notices).tell(uow, key=key, text=text)


def line(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> Reply:
    """Return what a member is truly told about her case."""
    return Reply("care/line.txt.j2", words_of(uow, tools, case.member))


def words_of(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> dict[str, object]:
    """Return how it stands with a member, as templates want it."""
    found, community = standing(uow, tools, member), tools.use(Community)
    promised = found.promised_at if found else None
    return {
        "owner": found.owned.owner.value if found and found.owned else "bot",
        "state": found.case.state.value if found else "",
        "kind": found.case.kind.value if found else "",
        "advisor": found.advisor if found else "",
        "ahead": found.ahead if found else 0,
        "promised": choosing.when(promised, uow.clock.now(), community) if promised else "",
        "is_open": duty.rota(uow, tools).shop.is_open(uow.clock.now()),
        "contact": duty.rota(uow, tools).phone or community.contact,
        "in_group": bool(found and found.case.in_group),
    }


def standing(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Standing | None:
    """Return how it stands with a member's open case; None when humans have none of hers."""
    case = cases.open_of(uow, member)
    if case is None or not case.state.is_with_humans:
        return None
    return Standing(
        case,
        ownership.owner_of(uow, member),
        staff.name_of(uow, tools, case.advisor),
        choosing.ahead(uow, tools, case),
        choosing.promised(uow, case),
    )


def give_back(uow: UnitOfWork, tools: Toolbox, case: cases.Case, *, code: str) -> bool:
    """Let the bot speak again, and let it say so; False when it could all the time."""
    had = ownership.let_go(uow, case.member)
    if had is None:
        return False
    if not had.at_platform and not case.in_group and case.identity:
        say(uow, tools, case, Reply("care/returned.txt.j2", {"code": code}), what="returned")
    return True


def say(uow: UnitOfWork, tools: Toolbox, case: cases.Case, reply: Reply, *, what: str) -> None:
    """Say something about a case to its member, in the bot's other voice; once for each `what`."""
    part = reply.part or Text(tools.use(Words)(reply.template, **reply.data))
    uow.send(
        Outgoing(
            case.channel,
            case.identity,
            part,
            key=f"care:{case.id}:{case.times_opened}:{what}",
            why="care",
            via=case.account,
            voice=Voice.CARE,
        )
    )
