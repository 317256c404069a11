"""Use cases of the wallet: a statement, corrections by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import audit, members, points
from bot.commons.points import PointsSettings
from bot.features.wallet.rules import CORRECTION, called, can_be_reversed, last_day
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork

_DAY = timedelta(days=1)
_EXPIRING = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotCorrected(Refusal):
    """A correction that can't be made; nothing was written."""

    template = "wallet/not_corrected.txt.j2"

    def __init__(self, why: str, **words: object) -> None:
        super().__init__(f"not corrected: {why}", **{"why": why, "most": 0, "left": 0, **words})


@dataclass(frozen=True, slots=True)
class Correction:
    """Points that an operator gives, or takes (negative)."""

    member: MemberId
    points: int
    why: str
    key: str
    """From the form: the same form sent twice corrects once."""


def statement(
    uow: UnitOfWork, member: MemberId, zone: ZoneInfo, reasons: Mapping[str, str]
) -> Mapping[str, object]:
    """Return what a member has, what is held and what expires when, ready for a template."""
    return {
        "standing": points.standing(uow, member),
        "expiring": [
            {"day": last_day(one.at, zone), "points": one.points}
            for one in points.expiring_of(uow, member, most=_EXPIRING)
        ],
        "holds": [
            {
                "words": reasons.get(one.reason, one.reason),
                "points": one.points,
                "until": one.until.astimezone(zone) if one.until else None,
            }
            for one in points.holds_of(uow, member)
        ],
    }


def lines(
    entries: Sequence[points.Entry], zone: ZoneInfo, reasons: Mapping[str, str]
) -> Sequence[Mapping[str, object]]:
    """Return entries ready for a template."""
    return [
        {
            "id": one.id,
            "at": one.at.astimezone(zone),
            "points": one.points,
            "words": called(one.reason, one.key, reasons),
            "made_by": one.made_by,
            "can_be_reversed": can_be_reversed(one.key),
        }
        for one in entries
    ]


def last_entries(
    uow: UnitOfWork, member: MemberId, *, most: int, before: int | None = None
) -> Sequence[points.Entry]:
    """Return a member's last entries, or those before one, the newest first."""
    until = uow.clock.now() + _DAY
    if before is None:
        return points.entries_of(uow, member, since=_EPOCH, until=until, most=most)
    return points.entries_of(uow, member, since=_EPOCH, until=until, most=most, before=before)


def correct(
    uow: UnitOfWork, wish: Correction, settings: PointsSettings, *, who: str
) -> points.Booking:
    """Give or take points by hand. Written to the audit.

    Raises:
        NotCorrected: no such member, or more than an operator may move, or more than she has.
    """
    if not members.exists(uow, wish.member) or members.erasure_due_at(uow, wish.member):
        raise NotCorrected("nobody")
    count = abs(wish.points)
    if not 0 < count <= settings.correct_at_most:
        raise NotCorrected("too_much", most=settings.correct_at_most)
    uow.take_turns({f"correction:{who}"})
    moved = points.made_by_since(uow, who, CORRECTION, uow.clock.now() - _DAY)
    if (left := settings.correct_at_most_a_day - moved) < count:
        raise NotCorrected("a_day", most=settings.correct_at_most_a_day, left=max(left, 0))
    move = points.award if wish.points > 0 else points.spend
    try:
        booking = move(uow, wish.member, count, reason=CORRECTION, key=wish.key, made_by=who)
    except points.NotEnoughPoints as exc:
        raise NotCorrected("too_poor", left=exc.words["balance"]) from exc
    except ValueError as exc:
        raise NotCorrected("other_form") from exc
    if booking.is_new:
        why = f"{wish.points:+d}: {wish.why}"
        audit.record(uow, who, "points.corrected", why, member=wish.member)
    return booking


def undo(uow: UnitOfWork, entry: int, *, who: str, why: str) -> points.Booking:
    """Book an entry back; once.

    Raises:
        NotCorrected: there is none that can be.
    """
    found = points.entry_of(uow, entry)
    if found is None or found[1] is None or not can_be_reversed(found[0].key):
        raise NotCorrected("no_entry")
    return points.reverse(uow, found[0].key, made_by=who, why=why)
