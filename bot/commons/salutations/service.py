"""Use cases: ask for a salutation, say yes to it, let go of it, speak by it."""

from dataclasses import dataclass, replace

from bot.commons import audit, members
from bot.commons.content import SOMEBODY, WHOEVER
from bot.commons.salutations.rules import ASKED_FOR, MOST_CHARS, Why
from bot.commons.vetting import WordsTable, flags_in
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.messages import Part, Text
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, micros

_ASK = Statement(
    "INSERT INTO salutations (member_id, words, asked, at) VALUES (:member, '', :asked, :now)"
    " ON CONFLICT (member_id) DO UPDATE SET asked = excluded.asked, at = excluded.at"
)
_AGREE = Statement(
    "UPDATE salutations SET words = asked, asked = '', at = :now"
    " WHERE member_id = :member AND asked <> '' AND at >= :since RETURNING words"
)
_DROP = Statement("DELETE FROM salutations WHERE member_id = :member RETURNING words")
_OF = Statement("SELECT words, asked, at FROM salutations WHERE member_id = :member")


class Unfit(Refusal):
    """Something that nobody can be called."""

    template = "salutations/unfit.txt.j2"


@dataclass(frozen=True, slots=True)
class Salutation:
    """How a member stands with it."""

    words: str = ""
    """What she is called; empty for nothing."""
    asked: str = ""
    """What waits for her yes; empty for nothing."""


def propose(uow: UnitOfWork, member: MemberId, written: str, listed: WordsTable) -> str:
    """Note what a member wants to be called, and return it; used only after her yes.

    Raises:
        Unfit: nobody can be called that; what was before stays.
    """
    words = members.tidy_name(written)
    if not any(char.isalpha() for char in words):
        raise Unfit("empty", why=Why.EMPTY)
    if flags_in(words, sensitive=listed.sensitive, advertising=listed.advertising):
        raise Unfit("unfit", why=Why.UNFIT)
    if len(words) > MOST_CHARS:
        raise Unfit("long", why=Why.LONG, most=MOST_CHARS)
    uow.run(_ASK, member=member, asked=words, now=micros(uow.clock.now()))
    return words


def agree(uow: UnitOfWork, member: MemberId) -> str:
    """Call a member what she has asked for; return it, empty when nothing waits."""
    now = uow.clock.now()
    rows = uow.run(_AGREE, member=member, now=micros(now), since=micros(now - ASKED_FOR))
    if not rows:
        return ""
    audit.record(uow, "member", "salutations.agreed", "asked", member=member)
    return str(rows[0][0])


def drop(uow: UnitOfWork, member: MemberId) -> bool:
    """Call a member nothing any more; False when she was not called anything."""
    rows = uow.run(_DROP, member=member)
    if not rows:
        return False
    audit.record(uow, "member", "salutations.dropped", "asked", member=member)
    return True


def of_member(uow: UnitOfWork, member: MemberId) -> Salutation:
    """Return what a member is called, and what waits for her yes."""
    for words, asked, at in uow.run(_OF, member=member):
        waits = instant(at) >= uow.clock.now() - ASKED_FOR
        return Salutation(str(words), str(asked) if waits else "")
    return Salutation()


def salutation_of(uow: UnitOfWork, member: MemberId) -> str:
    """Return what a member has agreed to be called; empty for nothing."""
    return of_member(uow, member).words


def called(uow: UnitOfWork, member: MemberId) -> str:
    """Return how a member is spoken to: what she has agreed to, else 你好."""
    return salutation_of(uow, member) or SOMEBODY


def filled(uow: UnitOfWork, member: MemberId, part: Part) -> Part:
    """Return a part of what many get as it is said to one of them."""
    if not isinstance(part, Text) or WHOEVER not in part.text:
        return part
    return replace(part, text=part.text.replace(WHOEVER, called(uow, member)))
