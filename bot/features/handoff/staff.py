"""Use cases about the humans of the accounts: who is there, who is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit
from bot.commons.staff import find
from bot.features.handoff.rules import Candidate, in_turn
from bot.kernel.ids import ChannelName
from bot.kernel.reception import Duty, OnDuty
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_NEW = (
    "INSERT INTO handoff_servicers (channel, account, human, duty, told_at, updated_at, wish,"
    " error) VALUES (:channel, :account, :human, :duty, :told_at, :now, :wish, '')"
    " ON CONFLICT (channel, account, human) DO UPDATE SET"
)
_LIST = Statement(
    f"{_NEW} duty = excluded.duty, updated_at = excluded.updated_at,"
    " wish = CASE handoff_servicers.wish WHEN 'add' THEN '' ELSE handoff_servicers.wish END"
    " WHERE handoff_servicers.updated_at <= :asked_at"
)
_TELL = Statement(
    f"{_NEW} duty = excluded.duty, told_at = excluded.told_at, updated_at = excluded.updated_at"
    " WHERE handoff_servicers.told_at <= excluded.told_at"
)
_WISH = Statement(f"{_NEW} wish = excluded.wish, error = '', updated_at = excluded.updated_at")
_UNLISTED = Statement(
    "DELETE FROM handoff_servicers WHERE channel = :channel AND account = :account"
    " AND updated_at < :asked_at AND wish <> 'add'"
)
_OFF = Statement(
    "UPDATE handoff_servicers SET duty = 'off', updated_at = :now"
    " WHERE channel = :channel AND account = :account AND human = :human"
)
_DONE = Statement(
    "UPDATE handoff_servicers SET wish = '', error = :error, updated_at = :now"
    " WHERE channel = :channel AND account = :account AND human = :human"
)
_GONE = Statement(
    "DELETE FROM handoff_servicers"
    " WHERE channel = :channel AND account = :account AND human = :human"
)
_WISHED = Statement(
    "SELECT account, human, wish FROM handoff_servicers"
    " WHERE channel = :channel AND wish <> '' ORDER BY account, human LIMIT 100"
)
_ALL = Statement(
    "SELECT channel, account, human, duty, wish, error, (SELECT count(*) FROM handoff_sessions"
    " WHERE handoff_sessions.channel = handoff_servicers.channel"
    " AND handoff_sessions.account = handoff_servicers.account"
    " AND handoff_sessions.human = handoff_servicers.human"
    " AND handoff_sessions.state = 'human')"
    " FROM handoff_servicers ORDER BY channel, account, human"
)


@dataclass(frozen=True, slots=True)
class Known:
    """A human of an account, as the console shows her."""

    channel: ChannelName
    account: str
    human: str
    duty: str
    wish: str
    error: str
    open: int


def replace(
    uow: UnitOfWork,
    channel: ChannelName,
    account: str,
    listed: Sequence[OnDuty],
    asked_at: datetime,
) -> None:
    """Take over the platform's list; what was told since it was asked for is newer."""
    for one in listed:
        _put(uow, _LIST, channel, account, one.human, duty=one.duty, asked_at=micros(asked_at))
    uow.run(_UNLISTED, channel=channel, account=account, asked_at=micros(asked_at))


def tell(
    uow: UnitOfWork,
    channel: ChannelName,
    account: str,
    human: str,
    *,
    duty: Duty,
    at: datetime,
) -> None:
    """Take over that somebody began or stopped taking conversations."""
    _put(uow, _TELL, channel, account, human, duty=duty, told_at=micros(at))


def wish(uow: UnitOfWork, channel: ChannelName, account: str, human: str, what: str) -> None:
    """Ask for somebody to be made, or no longer be, one of an account's humans."""
    _put(uow, _WISH, channel, account, human, wish=what)


def _put(
    uow: UnitOfWork,
    statement: Statement,
    channel: ChannelName,
    account: str,
    human: str,
    **values: object,
) -> None:
    usual = {"duty": "", "told_at": 0, "wish": "", "now": micros(uow.clock.now())}
    uow.run(statement, channel=channel, account=account, human=human, **(usual | values))


def wished(uow: UnitOfWork, channel: ChannelName) -> list[tuple[str, str, str]]:
    """Return account, human and `add` or `remove` of what is not done yet."""
    return [(str(a), str(h), str(w)) for a, h, w in uow.run(_WISHED, channel=channel)]


def done(uow: UnitOfWork, channel: ChannelName, account: str, human: str, error: str) -> None:
    """Write down what came of a wish; an error stays until it is wished for again."""
    now = micros(uow.clock.now())
    uow.run(_DONE, channel=channel, account=account, human=human, error=error, now=now)


def gone(uow: UnitOfWork, channel: ChannelName, account: str, human: str) -> None:
    """Forget somebody who is no human of the account any more."""
    uow.run(_GONE, channel=channel, account=account, human=human)


def is_off(uow: UnitOfWork, channel: ChannelName, account: str, human: str) -> None:
    """Believe the platform that somebody takes no conversation now."""
    now = micros(uow.clock.now())
    uow.run(_OFF, channel=channel, account=account, human=human, now=now)


def everybody(uow: UnitOfWork) -> list[Known]:
    """Return all humans of all accounts, with how many conversations each has."""
    return [
        Known(
            ChannelName(str(channel)),
            str(account),
            str(human),
            str(duty),
            str(wish),
            str(error),
            integer(open_ones),
        )
        for channel, account, human, duty, wish, error, open_ones in uow.run(_ALL)
    ]


def next_in_turn(
    uow: UnitOfWork, tools: Toolbox, channel: ChannelName, account: str, *, first: str = ""
) -> list[str]:
    """Return who could take a conversation now: `first` when she is there, then the best choice."""
    ordered = in_turn(
        [
            Candidate(one.human, one.open, find(uow, tools, one.human) is not None)
            for one in everybody(uow)
            if (one.channel, one.account, one.duty) == (channel, account, Duty.ON)
            and one.wish != "remove"
        ]
    )
    return sorted(ordered, key=lambda human: human.lower() != first.lower())


def change(
    uow: UnitOfWork, channel: ChannelName, account: str, human: str, *, what: str, who: str
) -> None:
    """Let an operator add or remove one of an account's humans."""
    wish(uow, channel, account, human, what)
    audit.record(uow, who, f"handoff.servicer_{what}", f"{human} {account}")
