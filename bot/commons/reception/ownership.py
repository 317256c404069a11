"""Who has a member's conversation: the bot, a human who was asked, or a human.

It is one lock for all her channels. What the bot wanted to say is withdrawn when a human is
asked; the sender withdraws what another process queues meanwhile (`bot.pipeline.outbox`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_key, later
from bot.kernel.ports import Mailbox
from bot.kernel.privacy import PersonalData, rows_of, run_all
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_OF = Statement(
    "SELECT owner, advisor, case_id, at_platform, since FROM conversation_owners"
    " WHERE member_id = :member"
)
_OF_IDENTITY = Statement(  # few are owned: they are looked through, not all identities
    "SELECT 1 FROM conversation_owners CROSS JOIN identities"
    " WHERE identities.member_id = conversation_owners.member_id"
    " AND identities.identity = :identity LIMIT 1"
)
_TAKE = Statement(
    "INSERT INTO conversation_owners (member_id, owner, advisor, case_id, at_platform, since)"
    " VALUES (:member, :owner, :advisor, :case, :at_platform, :now)"
    " ON CONFLICT (member_id) DO UPDATE SET owner = excluded.owner, advisor = excluded.advisor,"
    " case_id = excluded.case_id, at_platform = excluded.at_platform, since = excluded.since"
)
_LET_GO = Statement(
    "DELETE FROM conversation_owners WHERE member_id = :member"
    " RETURNING owner, advisor, case_id, at_platform, since"
)


class Owner(StrEnum):
    """Who has a conversation that is not the bot's."""

    PENDING = "pending_human"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Owned:
    """A conversation that is not the bot's."""

    owner: Owner
    advisor: str
    case: int
    at_platform: bool
    since: datetime


def owner_of(uow: UnitOfWork, member: MemberId) -> Owned | None:
    """Return who has a member's conversation; None when it is the bot's."""
    rows = uow.run(_OF, member=member)
    return _owned(rows[0]) if rows else None


def is_with_a_human(uow: UnitOfWork, identity: str) -> bool:
    """Return True while a human has the conversation of whom some platform names so."""
    return bool(uow.run(_OF_IDENTITY, identity=identity))


def take(
    uow: UnitOfWork,
    tools: Toolbox,
    member: MemberId,
    case: int,
    owner: Owner,
    *,
    advisor: str = "",
    at_platform: bool = False,
) -> int:
    """Take a conversation from the bot; return how much it will not say any more."""
    uow.run(
        _TAKE,
        member=member,
        owner=owner,
        advisor=advisor,
        case=case,
        at_platform=int(at_platform),
        now=micros(uow.clock.now()),
    )
    return tools.use(Mailbox).withdraw(uow, member)


def let_go(uow: UnitOfWork, member: MemberId) -> Owned | None:
    """Give a conversation back to the bot; return who had it, None when the bot had."""
    rows = uow.run(_LET_GO, member=member)
    return _owned(rows[0]) if rows else None


def _owned(row: Row) -> Owned:
    owner, advisor, case, at_platform, since = row
    return Owned(Owner(str(owner)), str(advisor), integer(case), bool(at_platform), instant(since))


_OTHERS = ("owner", "advisor", "case_id", "at_platform", "since")

personal = (
    PersonalData(
        title="谁在接待你",
        purpose="真人接待时，小助手在所有渠道都不插话",
        kept="接待结束就删除",
        tables=("conversation_owners",),
        export=rows_of(
            "conversation_owners", {"owner": "owner", "advisor": "advisor", "since": "since"}
        ),
        erase=run_all("DELETE FROM conversation_owners WHERE member_id = :member"),
        movers=(by_key("conversation_owners", [], _OTHERS, later("since")),),
    ),
)
