"""Accounts of colleagues, who enter by the company's platform; they follow the contacts."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, staff
from bot.commons.accounts.service import CLOSE_ALL, hashed, limits
from bot.kernel.desk import Role, RoleRule
from bot.kernel.entering import GRANTED
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

NONE = "none"
"""The source of a role that was taken away."""
_LATE = timedelta(minutes=5)
"""So much later than an event a role must have been given not to be meant by it: clocks differ."""

_SPEND = Statement(
    "INSERT INTO spent_logins (state_hash, at) VALUES (:state, :now)"
    " ON CONFLICT (state_hash) DO NOTHING RETURNING state_hash"
)
_FIND = Statement(
    "SELECT a.id, a.role, c.source, a.disabled_at, c.at FROM colleague_accounts c"
    " JOIN accounts a ON a.id = c.account_id WHERE c.userid = :userid"
)
_ADD = Statement(
    "INSERT INTO accounts (name, role, password_hash, created_at)"
    " VALUES (:name, :role, '', :now)"
    " ON CONFLICT (name) DO UPDATE SET role = excluded.role RETURNING id"
)
_ADD_COLLEAGUE = Statement(
    "INSERT INTO colleague_accounts (account_id, userid, source, given_by, why, at)"
    " VALUES (:account, :userid, :source, :by, :why, :now)"
    " ON CONFLICT (userid) DO UPDATE SET source = excluded.source, given_by = excluded.given_by,"
    " why = excluded.why, at = excluded.at"
)
_SET_ROLE = Statement("UPDATE accounts SET role = :role WHERE id = :account")
_SET_SOURCE = Statement(
    "UPDATE colleague_accounts SET source = :source, given_by = :by, why = :why, at = :now"
    " WHERE account_id = :account"
)
_RENAME = Statement("UPDATE accounts SET name = :name WHERE id = :account")
_RENAME_COLLEAGUE = Statement(
    "UPDATE colleague_accounts SET userid = :userid WHERE account_id = :account"
)
_GIVEN = Statement("SELECT given_by, why FROM colleague_accounts WHERE account_id = :account")
_OPEN = Statement(
    "INSERT INTO account_sessions (secret_hash, account_id, opened_at, used_at)"
    " VALUES (:secret, :account, :now, :now)"
)
_ANY_OPEN = Statement("SELECT 1 FROM account_sessions WHERE account_id = :account LIMIT 1")
_ROLE_OF = Statement(
    "SELECT a.role, c.userid FROM accounts a"
    " LEFT JOIN colleague_accounts c ON c.account_id = a.id"
    " WHERE a.name = :name AND a.disabled_at IS NULL"
)
_OF_SOURCE = Statement("SELECT account_id FROM colleague_accounts WHERE source = :source")
_PRESENT = Statement(
    "SELECT DISTINCT c.userid, c.source FROM colleague_accounts c"
    " JOIN account_sessions s ON s.account_id = c.account_id"
    " WHERE s.opened_at > :opened_after AND s.used_at > :used_after ORDER BY c.userid"
)
_LIST = Statement(
    "SELECT c.userid, a.role, c.source, c.given_by, c.why, c.at, a.disabled_at,"
    " count(s.secret_hash), max(s.used_at) FROM colleague_accounts c"
    " JOIN accounts a ON a.id = c.account_id"
    " LEFT JOIN account_sessions s ON s.account_id = a.id"
    " AND s.opened_at > :opened_after AND s.used_at > :used_after"
    " GROUP BY c.userid, a.role, c.source, c.given_by, c.why, c.at, a.disabled_at"
    " ORDER BY c.userid"
)


@dataclass(frozen=True, slots=True)
class ColleagueListed:
    """A colleague's account as a listing shows it."""

    userid: str
    role: Role
    source: str
    given_by: str
    why: str
    at: datetime
    is_disabled: bool
    open_sessions: int
    last_used_at: datetime | None
    """Of the open sessions; None when there is none."""


@dataclass(frozen=True, slots=True)
class _Account:
    id: int
    rule: RoleRule
    is_disabled: bool
    at: datetime


def colleague_name(userid: str) -> str:
    """Return what a colleague's account is called; nobody can type such a name for an account."""
    return f"wecom:{userid.lower()}"


# ── entering ────────────────────────────────────────────────────────────────────────────


def spend_login(uow: UnitOfWork, state: str) -> bool:
    """Note that a login came back with `state`; False the second time."""
    now = micros(uow.clock.now())
    return bool(uow.run(_SPEND, state=hashed(state), now=now))


def is_granted(uow: UnitOfWork, userid: str) -> bool:
    """Return True when a colleague's role was granted in the console."""
    found = _find(uow, userid)
    return found is not None and found.rule.source == GRANTED


def was_called(uow: UnitOfWork, userid: str) -> Sequence[str]:
    """Return the userids that a colleague had before: rules may still name one of them.

    That her role came by one says her account; of advisors the contacts told, too.
    """
    found = _find(uow, userid)
    kind, _, named = found.rule.source.partition(":") if found else ("", "", "")
    known = {named} if kind == "userid" else set()
    return sorted((known | staff.names_before(uow, userid)) - {userid.lower()})


def enter(uow: UnitOfWork, userid: str, rule: RoleRule | None) -> str | None:
    """Open a colleague's session and return its secret; what was granted goes before `rule`.

    None when she has no role, or her account is disabled; her sessions are over then.
    """
    found = _find(uow, userid)
    if found is not None and found.is_disabled:
        _end_sessions(uow, found.id)
        return None
    if found is not None and found.rule.source == GRANTED:
        return _open(uow, found.id)
    if rule is None:
        if found is not None:
            _end(uow, userid, found, "no_rule")
        return None
    if found is None or found.rule != rule:
        audit.record(uow, "bot", "console.role", f"{userid.lower()} {rule.role} by {rule.source}")
    return _open(uow, _put(uow, userid, found, rule))


def _open(uow: UnitOfWork, account: int) -> str:
    secret = secrets.token_urlsafe(32)
    uow.run(_OPEN, secret=hashed(secret), account=account, now=micros(uow.clock.now()))
    return secret


# ── roles ───────────────────────────────────────────────────────────────────────────────


def role_of(uow: UnitOfWork, name: str) -> tuple[Role | None, str]:
    """Return the role of whoever is signed in under a name, and her userid if she has one."""
    rows = uow.run(_ROLE_OF, name=name)
    return (Role(str(rows[0][0])), str(rows[0][1] or "")) if rows else (None, "")


def grant(uow: UnitOfWork, userid: str, role: Role, *, who: str, why: str) -> None:
    """Give a colleague a role; it counts at once, for a session that is open, too."""
    _put(uow, userid, _find(uow, userid), RoleRule(role, GRANTED), (who, why))
    audit.record(uow, who, "console.granted", f"{userid.lower()} {role}: {why}")


def take(uow: UnitOfWork, userid: str, *, who: str, why: str) -> bool:
    """Take back what was granted, and end her sessions; False when nothing was granted."""
    found = _find(uow, userid)
    if found is None or found.rule.source != GRANTED:
        return False
    _put(uow, userid, found, RoleRule(found.rule.role, NONE), (who, why))
    _end_sessions(uow, found.id)
    audit.record(uow, who, "console.taken", f"{userid.lower()}: {why}")
    return True


# ── the contacts ────────────────────────────────────────────────────────────────────────


def colleague_left(uow: UnitOfWork, userid: str, at: datetime, *, why: str) -> bool:
    """End a colleague's sessions and role; False when there was nothing to end.

    A role that was given long after `at` is meant for whoever has the userid now.
    """
    found = _find(uow, userid)
    if found is None:
        return False
    if found.at > at + _LATE:
        return _end_sessions(uow, found.id)
    return _end(uow, userid, found, why)


def colleague_renamed(uow: UnitOfWork, old: str, new: str, at: datetime) -> bool:
    """Let an account follow its colleague to a new userid; False when there is none to follow.

    One that she has under the new userid already keeps its role, unless only the old one was
    granted.
    """
    found = _find(uow, old)
    if found is None or old.lower() == new.lower() or found.at > at + _LATE:
        return False
    there = _find(uow, new)
    audit.record(uow, "bot", "console.renamed", f"{old.lower()} to {new.lower()}")
    if there is None:
        uow.run(_RENAME, account=found.id, name=colleague_name(new))
        uow.run(_RENAME_COLLEAGUE, account=found.id, userid=new.lower())
        return True
    if found.rule.source == GRANTED and there.rule.source != GRANTED:
        by, why = uow.run(_GIVEN, account=found.id)[0]
        _put(uow, new, there, found.rule, (str(by), str(why)))
    _end(uow, old, found, "renamed")
    return True


def ask_again(uow: UnitOfWork, *, userid: str = "", source: str = "") -> None:
    """End sessions whose role may not follow from the contacts any more: they sign in anew."""
    found = _find(uow, userid) if userid else None
    if found is not None and not found.rule.source.startswith((GRANTED, "userid:")):
        _end_sessions(uow, found.id)
    for (account,) in uow.run(_OF_SOURCE, source=source) if source else ():
        _end_sessions(uow, integer(account))


# ── listings ────────────────────────────────────────────────────────────────────────────


def present(uow: UnitOfWork) -> Sequence[tuple[str, str]]:
    """Return the colleagues who have the console open: userid, and the source of the role."""
    return [(str(userid), str(source)) for userid, source in uow.run(_PRESENT, **limits(uow))]


def colleagues(uow: UnitOfWork) -> Sequence[ColleagueListed]:
    """Return all colleagues' accounts by userid."""
    return [
        ColleagueListed(
            str(userid),
            Role(str(role)),
            str(source),
            str(by),
            str(why),
            instant(at),
            disabled_at is not None,
            integer(sessions),
            None if used_at is None else instant(used_at),
        )
        for userid, role, source, by, why, at, disabled_at, sessions, used_at in uow.run(
            _LIST, **limits(uow)
        )
    ]


# ── rows ────────────────────────────────────────────────────────────────────────────────


def _find(uow: UnitOfWork, userid: str) -> _Account | None:
    rows = uow.run(_FIND, userid=userid.lower())
    if not rows:
        return None
    account, role, source, disabled_at, at = rows[0]
    rule = RoleRule(Role(str(role)), str(source))
    return _Account(integer(account), rule, disabled_at is not None, instant(at))


def _put(
    uow: UnitOfWork,
    userid: str,
    found: _Account | None,
    rule: RoleRule,
    given: tuple[str, str] = ("", ""),
) -> int:
    """Write down a role and return the account; two first sign-ins at once make one."""
    now = micros(uow.clock.now())
    by, why = given
    values = {"source": rule.source, "by": by, "why": why, "now": now}
    if found is None:
        name = colleague_name(userid)
        account = integer(uow.run(_ADD, name=name, role=rule.role, now=now)[0][0])
        uow.run(_ADD_COLLEAGUE, account=account, userid=userid.lower(), **values)
        return account
    uow.run(_SET_ROLE, account=found.id, role=rule.role)
    uow.run(_SET_SOURCE, account=found.id, **values)
    return found.id


def _end(uow: UnitOfWork, userid: str, found: _Account, why: str) -> bool:
    """End sessions and role; return True, and leave an audit row, when there was one to end."""
    was_open = _end_sessions(uow, found.id)
    had_role = found.rule.source != NONE
    if had_role:
        _put(uow, userid, found, RoleRule(found.rule.role, NONE), ("bot", why))
    if had_role or was_open:
        audit.record(uow, "bot", "console.ended", f"{userid.lower()}: {why}")
    return had_role or was_open


def _end_sessions(uow: UnitOfWork, account: int) -> bool:
    was_open = bool(uow.run(_ANY_OPEN, account=account))
    uow.run(CLOSE_ALL, account=account)
    return was_open
