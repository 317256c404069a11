"""Use cases of a member's rights over her data: see, take along, have deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, members
from bot.features.privacy.rules import CONFIRM_WITHIN
from bot.kernel.errors import Refusal
from bot.kernel.events import MemberErased
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork

_AT_ONCE = 20  # erasures in one transaction


class NothingToConfirm(Refusal):
    """She did not ask for erasure, or too long ago; nothing was written."""

    template = "privacy/nothing_to_confirm.txt.j2"


class NothingToCancel(Refusal):
    """She is not going to be erased; nothing was written."""

    template = "privacy/nothing_to_cancel.txt.j2"


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data, as told to the member."""

    title: str
    purpose: str
    kept: str
    count: int


def overview(uow: UnitOfWork, registry: PersonalRegistry, member: MemberId) -> Sequence[Kept]:
    """Return what is kept about a member, what for, and for how long."""
    counted = [(data, len(data.export(uow, member))) for data in registry]
    return [
        Kept(data.title, data.purpose, data.kept, count)
        for data, count in counted
        if count or not data.quiet
    ]


def export(uow: UnitOfWork, registry: PersonalRegistry, member: MemberId) -> Mapping[str, object]:
    """Return everything that is kept about a member, ready to become JSON."""
    exported = [(data, data.export(uow, member)) for data in registry]
    return {
        "exported_at": uow.clock.now().isoformat(),
        "data": [
            {
                "title": data.title,
                "purpose": data.purpose,
                "kept": data.kept,
                "records": records,
            }
            for data, records in exported
            if records or not data.quiet
        ],
    }


def ask(uow: UnitOfWork, member: MemberId, at: datetime) -> datetime | None:
    """Note the wish to be erased; return when it happens if that is settled already."""
    due_at = members.erasure_due_at(uow, member)
    if due_at is None:
        members.ask_erasure(uow, member, at)
    return due_at


def confirm(
    uow: UnitOfWork,
    registry: PersonalRegistry,
    member: MemberId,
    at: datetime,
    *,
    grace_days: int,
) -> datetime | None:
    """Settle the erasure of a member who asked for it a moment ago.

    Returns:
        When she will be erased; None when she was erased at once.

    Raises:
        NothingToConfirm: she did not ask within the last minutes; nothing was written.
    """
    due_at = uow.clock.now() + timedelta(days=grace_days)
    since = at - CONFIRM_WITHIN
    if not members.confirm_erasure(uow, member, asked_since=since, after=due_at):
        raise NothingToConfirm(f"member {member}", minutes=CONFIRM_WITHIN.seconds // 60)
    if not grace_days:
        erase(uow, registry, member)
        return None
    audit.record(uow, "member", "privacy.erasure_confirmed", "", member=member)
    return due_at


def cancel(uow: UnitOfWork, member: MemberId) -> None:
    """Keep a member who was going to be erased.

    Raises:
        NothingToCancel: she was not; nothing was written.
    """
    if not members.cancel_erasure(uow, member):
        raise NothingToCancel(f"member {member}")
    audit.record(uow, "member", "privacy.erasure_cancelled", "", member=member)


def erase(uow: UnitOfWork, registry: PersonalRegistry, member: MemberId) -> None:
    """Let every room forget a member. Whoever writes from her account later is somebody new."""
    registry.erase(uow, member)
    audit.record(uow, "member", "privacy.erased", "asked_by_member")
    uow.publish(MemberErased(member))


def erase_due(uow: UnitOfWork, registry: PersonalRegistry) -> None:
    """Erase the members whose time is over; the rest of a long list the next time."""
    for member in members.take_due(uow, most=_AT_ONCE):
        erase(uow, registry, member)
