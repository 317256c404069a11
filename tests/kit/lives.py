"""Members with a history in every room, and what is kept of it all."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from bot import app as roof
from bot.app.tables import declare_all
from bot.commons import audit, cases, members, pictures, points, reception
from bot.commons.checkins import service as checkin
from bot.commons.checkins.rules import CheckinSettings
from bot.features.help import service as help_room
from bot.features.identity import service as identity
from bot.kernel.abilities import Errands
from bot.kernel.capability import Capability, Doors
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Outgoing, Text
from bot.kernel.persons import KeyKind, PersonKey
from bot.kernel.ports import Mailbox
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.pipeline import outbox
from bot.pipeline.afterwards import Post
from tests.kit.rooms import NOON

REGISTRY = roof.PERSONAL
KEFU, MP = ChannelName("kefu"), ChannelName("mp")
SETTINGS = CheckinSettings()
Everything = dict[str, list[Row]]


Happening = Callable[[UnitOfWork, MemberId, int], object]


def _checks_in(uow: UnitOfWork, member: MemberId, number: int) -> None:
    at = NOON + timedelta(days=number, minutes=member % 7)
    with suppress(checkin.AlreadyCheckedIn), uow.attempt():
        checkin.check_in(uow, member, at.date(), at, SETTINGS)


def _wins(uow: UnitOfWork, member: MemberId, number: int) -> None:
    points.award(uow, member, number + 1, reason="gift", key=f"won:{member}:{number}")


def _spends(uow: UnitOfWork, member: MemberId, number: int) -> None:
    with suppress(points.NotEnoughPoints), uow.attempt():
        points.spend(uow, member, number + 1, reason="lottery", key=f"spent:{member}:{number}")


def _reserves(uow: UnitOfWork, member: MemberId, number: int) -> None:
    with suppress(points.NotEnoughPoints), uow.attempt():
        points.hold(uow, member, number + 1, reason="gift", key=f"held:{member}:{number}")


def _lets_go(uow: UnitOfWork, member: MemberId, number: int) -> None:
    for held in points.holds_of(uow, member)[: number % 3]:
        points.release(uow, held.key)


def _takes_what_is_held(uow: UnitOfWork, member: MemberId, number: int) -> None:
    for held in points.holds_of(uow, member)[: number % 3]:
        points.capture(uow, held.key)


def _is_corrected(uow: UnitOfWork, member: MemberId, number: int) -> None:
    with suppress(LookupError):
        points.reverse(uow, f"won:{member}:{number}", made_by="lisi", why="test")


def _loses_what_is_old(uow: UnitOfWork, member: MemberId, number: int) -> None:
    _wins_for_a_while(uow, member, number)
    points.expire(uow, most=50)


def _wins_for_a_while(uow: UnitOfWork, member: MemberId, number: int) -> None:
    ends = uow.clock.now() + timedelta(days=number - 6)
    key = f"brief:{member}:{number}"
    with suppress(ValueError):
        points.award(uow, member, number + 1, reason="gift", key=key, expires_at=ends)


def _asks(uow: UnitOfWork, member: MemberId, number: int) -> None:
    at = NOON + timedelta(days=number, minutes=member % 7)
    name = members.identities_of(uow, member)[0].identity
    kind = [*cases.Kind][number % 5]
    reasons, key = [f"因为{number}"], f"{member}:{number}"
    concern = cases.Concern(member, kind, number % 4, reasons, at, KEFU, "", name, key)
    cases.open_case(uow, concern)


def _is_helped(uow: UnitOfWork, member: MemberId, number: int) -> None:
    case = cases.open_of(uow, member)
    if case is not None and number % 2:
        cases.close(uow, case.id, who="lisi", code=cases.Ending.SOLVED)
    elif case is not None and case.state.is_with_humans:
        cases.promise(uow, case, what=cases.ANSWER, who="bot", due_at=uow.clock.now())
        cases.resolve(uow, case.id, who="lisi", code=cases.Ending.ANSWERED)


def _has_a_human(uow: UnitOfWork, member: MemberId, number: int) -> None:
    reception.take(uow, _TOOLS, member, number, reception.Owner.HUMAN, advisor="lisi")


def _is_told(uow: UnitOfWork, member: MemberId, number: int) -> None:
    help_room.may_tell(uow, member, f"what{number % 3}", again_after=timedelta(0))


def _is_answered(uow: UnitOfWork, member: MemberId, number: int) -> None:
    said = Outgoing(KEFU, f"of{member}", Text("在"), f"to:{member}:{number}")
    outbox.put(uow, [said], lambda _: "kefu:lane", member=member)


def _is_known(uow: UnitOfWork, member: MemberId, _number: int) -> None:
    name = members.identities_of(uow, member)[0]
    key = PersonKey(KeyKind.UNIONID, f"u{member}")
    members.learn(uow, REGISTRY, member, (name.channel, name.identity), [key], source="message")


class _Nobody:
    """Runs no errands."""

    def soon(self, _uow: UnitOfWork, _name: str) -> None:
        pass


_TOOLS = Toolbox()
_TOOLS.add(Doors, Doors({KEFU: Capability((), "", images=True)}))
_TOOLS.add(Errands, _Nobody())
_TOOLS.add(Mailbox, Post())


def _is_drawn(uow: UnitOfWork, member: MemberId, number: int) -> None:
    poster = pictures.StreakPoster("拾光衣橱", number, NOON.date(), "", f"会员{member}")
    to = pictures.To(KEFU, members.identities_of(uow, member)[0].identity)
    key = f"drawn:{member}:{number}"
    pictures.soon(uow, _TOOLS, poster, to, key=key, alt="海报", why="test", people=[member])


HAPPENINGS: Mapping[str, Happening] = {
    "checks in": _checks_in,
    "checks in again": _checks_in,
    "wins": _wins,
    "spends": _spends,
    "reserves": _reserves,
    "lets go": _lets_go,
    "takes what is held": _takes_what_is_held,
    "is corrected": _is_corrected,
    "wins for a while": _wins_for_a_while,
    "loses what is old": _loses_what_is_old,
    "asks": _asks,
    "is helped": _is_helped,
    "has a human": _has_a_human,
    "is told": _is_told,
    "is answered": _is_answered,
    "is noted": lambda uow, member, number: audit.record(
        uow, "lisi", "test.noted", str(number), member=member
    ),
    "is known": _is_known,
    "is drawn": _is_drawn,
    "is called": lambda uow, member, number: members.name_member(uow, member, f"会员{number}"),
}


@dataclass(frozen=True)
class Deed:
    """Something that a member did, or that was done to her."""

    kind: str
    number: int

    def __call__(self, uow: UnitOfWork, member: MemberId) -> None:
        """Let it happen to a member; what can't be is left."""
        HAPPENINGS[self.kind](uow, member, self.number)


DEEDS = st.builds(Deed, st.sampled_from(sorted(HAPPENINGS)), st.integers(0, 12))
LIVES = st.lists(DEEDS, max_size=10)


def born(uow: UnitOfWork, name: str, channel: ChannelName = KEFU) -> MemberId:
    """Let somebody write for the first time."""
    return members.resolve(uow, channel, name, NOON, name=f"name of {name}")


def join(uow: UnitOfWork, one: MemberId, other: MemberId) -> members.Merged:
    """Let an operator join two members."""
    how = members.How.OPERATOR
    return members.merge(uow, REGISTRY, one, other, how=how, who="lisi", why="同一个人")


def part(uow: UnitOfWork, merge: members.Merged) -> members.Merged:
    """Let an operator undo that."""
    return members.undo(uow, REGISTRY, merge.id, who="lisi", why="弄错了")


def everything(uow: UnitOfWork, *, but: frozenset[str] = frozenset()) -> Everything:
    """Return all rows of all tables, in an order that means nothing.

    Accounts of points are named by their owners: their numbers mean nothing either.
    """
    questions = {name: f"SELECT * FROM {name}" for name in declare_all().tables}
    questions["point_accounts"] = "SELECT member_id, house, balance, held, debt FROM point_accounts"
    questions["point_entries"] = (
        "SELECT e.id, e.key, d.member_id, d.house, c.member_id, c.house, e.points, e.reason, e.at,"
        " e.rest, e.expires_at FROM point_entries e JOIN point_accounts d ON d.id = e.debit"
        " JOIN point_accounts c ON c.id = e.credit"
    )
    return {
        name: sorted((tuple(row) for row in uow.run(Statement(question))), key=repr)
        for name, question in questions.items()
        if name not in but
    }


def offer(uow: UnitOfWork, member: MemberId, name: str) -> str:
    """Let a member ask for a code."""
    return identity.offer(uow, identity.Side(member, KEFU, name), NOON)
