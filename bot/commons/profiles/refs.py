"""How files name a member: `channel:identity`, `phone:…` or `unionid:…`."""

import re
import unicodedata
from dataclasses import dataclass

from typing_extensions import override

from bot.commons import groups
from bot.commons.members import find, find_by_key
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.persons import unionid_key
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

PHONE, UNIONID = "phone", "unionid"
CHANNELS = ("simulator", "kefu", "mp", "wecom_app", "aibot", "customer_groups")
"""Whose identities can name a member in a file."""
_MOST_CHARS = 128
_BETWEEN = re.compile(r"[\s()\-\u2010-\u2015]")
_PHONE = re.compile(r"\+?[0-9]{6,15}")
_CHINESE = re.compile(r"(?:\+|00)?86(1[0-9]{10})")

_BY_PHONE = Statement("SELECT member_id FROM member_profiles WHERE phone = :value LIMIT 2")
_BY_UNIONID = Statement("SELECT member_id FROM member_profiles WHERE unionid = :value LIMIT 2")


class BadRef(ValueError):
    """Names nobody: not written as a member is; the message is for an operator."""


class Shared(ValueError):
    """Two members go by this name, so that nobody knows who is meant."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A member as a file names her; she need not be known."""

    kind: str
    """`phone`, `unionid` or a channel."""
    value: str

    @override
    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def read_ref(written: str) -> Ref:
    """Return whom a file means.

    Raises:
        BadRef: it means nobody.
    """
    kind, colon, value = written.strip().partition(":")
    kind, value = kind.strip().lower(), value.strip()
    if not colon or kind not in (PHONE, UNIONID, *CHANNELS):
        kinds = ", ".join(f"{one}:…" for one in (PHONE, UNIONID, *CHANNELS))
        raise BadRef(f"not a member; allowed: {kinds}")
    if kind == PHONE:
        return Ref(PHONE, tidy_phone(value))
    if not value or len(value) > _MOST_CHARS or not value.isprintable():
        raise BadRef(f"a name on a channel has 1 to {_MOST_CHARS} characters")
    return Ref(kind, value)


def tidy_phone(written: str) -> str:
    """Return a phone number as it is kept: digits, mainland numbers without 86.

    Raises:
        BadRef: it is no phone number.
    """
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", written[:40]))
    if chinese := _CHINESE.fullmatch(digits):
        return chinese[1]
    if not _PHONE.fullmatch(digits):
        raise BadRef("not a phone number; in Excel, format the column as text first")
    return digits


def find_ref(uow: UnitOfWork, ref: Ref) -> MemberId | None:
    """Return the member whom a file means; None for somebody who is not known.

    Raises:
        Shared: two members have this phone number or unionid.
    """
    if ref.kind == PHONE:
        return _only(uow, _BY_PHONE, ref.value)
    if ref.kind == UNIONID:
        [key] = unionid_key(ref.value)
        return find_by_key(uow, key) or _only(uow, _BY_UNIONID, ref.value)
    found = find(uow, ChannelName(ref.kind), ref.value)
    if found is None and ref.kind == "customer_groups":  # 微信客服 names customers the same
        return find(uow, ChannelName("kefu"), ref.value)
    return found


def _only(uow: UnitOfWork, statement: Statement, value: str) -> MemberId | None:
    rows = uow.run(statement, value=value)
    if len(rows) > 1:
        raise Shared("two members have it; name her by channel:identity")
    return MemberId(integer(rows[0][0])) if rows else None


def was_erased(uow: UnitOfWork, ref: Ref) -> bool:
    """Return True for somebody who had her data deleted; she may have come back since."""
    name = str(ref) if ref.kind in (PHONE, UNIONID) else ref.value
    return name in groups.Erased(uow)
