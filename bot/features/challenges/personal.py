"""How a member leaves her challenges: counts stay, names do not."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, by_key
from bot.kernel.privacy import PersonalData, Record
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_MINE = Statement(
    "SELECT c.title, m.joined_at, m.days, m.done_on, m.reward, m.prize FROM challenge_members m"
    " JOIN challenges c ON c.id = m.challenge_id WHERE m.member_id = :member ORDER BY m.joined_at"
)
_LEAVE_COUNT = Statement(
    "UPDATE challenges SET gone_joined = gone_joined + 1, gone_done = gone_done + ("
    " SELECT COUNT(m.done_on) FROM challenge_members m"
    " WHERE m.challenge_id = challenges.id AND m.member_id = :member)"
    " WHERE id IN (SELECT challenge_id FROM challenge_members WHERE member_id = :member)"
)
_FORGET = Statement("DELETE FROM challenge_members WHERE member_id = :member")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {
            "challenge": title,
            "joined_at": instant(joined).isoformat(),
            "days": days,
            "done_on": done_on,
            "reward": reward,
            "prize": prize,
        }
        for title, joined, days, done_on, reward, prize in uow.run(_MINE, member=member)
    ]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    uow.run(_LEAVE_COUNT, member=member)
    uow.run(_FORGET, member=member)


def _further(hers: Fields, gone: Fields) -> Fields:
    """Return one of two parts in a challenge: the one that was completed, and first of these."""
    done = [row for row in (hers, gone) if row["done_at"] is not None]
    best = min(done, key=lambda row: row["done_at"]) if done else hers
    return {**best, "joined_at": min(hers["joined_at"], gone["joined_at"])}


_others = ["joined_at", "days", "done_on", "done_at", "reward", "prize", "reward_key"]
personal = (
    PersonalData(
        title="挑战",
        purpose="记下你参加了哪个挑战、做到几天、得了什么",
        kept="直到你删除数据；之后只留下人数",
        tables=("challenge_members",),
        export=_export,
        erase=_erase,
        movers=(
            by_key("challenge_members", ["challenge_id"], _others, _further, passing=["days"]),
        ),
    ),
)
