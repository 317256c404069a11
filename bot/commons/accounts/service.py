"""Adds accounts, opens and ends sessions."""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import staff
from bot.commons.accounts.rules import make_hash, matches
from bot.kernel.desk import Role, SignedIn
from bot.kernel.errors import BotError
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)
KEEP_SPENT = timedelta(hours=1)
"""Longer than any login takes (`bot.web.colleague_way`)."""
KEEP_FORMS = LONGEST
"""A page is not open for longer than its session."""

DEMO_NAME, DEMO_ADVISOR = "demo", "lisi"
DEMO_PASSWORD = "demo-demo-demo"  # noqa: S105 - printed by the demo, which listens on loopback only

_NAME = re.compile(r"[\w.@-]{1,40}")

_ADD = Statement(
    "INSERT INTO accounts (name, role, password_hash, created_at)"
    " VALUES (:name, :role, :hash, :now) ON CONFLICT (name) DO NOTHING RETURNING id"
)
_HASH = Statement(
    "SELECT password_hash FROM accounts"
    " WHERE name = :name AND password_hash <> '' AND disabled_at IS NULL"
)
_COUNT = Statement("SELECT count(*) FROM accounts")
_SET_HASH = Statement(
    "UPDATE accounts SET password_hash = :new WHERE name = :name AND password_hash = :old"
    " AND disabled_at IS NULL RETURNING id"
)
_SET_PASSWORD = Statement(
    "UPDATE accounts SET password_hash = :hash WHERE name = :name AND password_hash <> ''"
    " RETURNING id"
)
_ROLE = Statement("SELECT role FROM accounts WHERE name = :name AND password_hash <> ''")
_OTHERS = Statement(
    "SELECT id FROM accounts WHERE name <> :name AND role <> :none AND password_hash <> ''"
    " AND disabled_at IS NULL LIMIT 1"
)
_DISABLE = Statement(
    "UPDATE accounts SET disabled_at = COALESCE(disabled_at, :now) WHERE name = :name RETURNING id"
)
_ENABLE = Statement("UPDATE accounts SET disabled_at = NULL WHERE name = :name RETURNING id")
_LIST = Statement(
    "SELECT a.name, a.role, a.created_at, a.disabled_at, count(s.secret_hash), max(s.used_at)"
    " FROM accounts a LEFT JOIN account_sessions s ON s.account_id = a.id"
    " AND s.opened_at > :opened_after AND s.used_at > :used_after"
    " GROUP BY a.id, a.name, a.role, a.created_at, a.disabled_at ORDER BY a.name"
)
_OPEN = Statement(
    "INSERT INTO account_sessions (secret_hash, account_id, opened_at, used_at)"
    " SELECT :secret, id, :now, :now FROM accounts"
    " WHERE name = :name AND password_hash = :hash AND password_hash <> ''"
    " AND disabled_at IS NULL RETURNING account_id"
)
_FIND = Statement(
    "SELECT a.name, a.role, s.used_at, c.source FROM account_sessions s"
    " JOIN accounts a ON a.id = s.account_id"
    " LEFT JOIN colleague_accounts c ON c.account_id = a.id"
    " WHERE s.secret_hash = :secret AND a.disabled_at IS NULL"
    " AND s.opened_at > :opened_after AND s.used_at > :used_after"
)
_TOUCH = Statement("UPDATE account_sessions SET used_at = :now WHERE secret_hash = :secret")
_CLOSE = Statement("DELETE FROM account_sessions WHERE secret_hash = :secret")
CLOSE_ALL = Statement("DELETE FROM account_sessions WHERE account_id = :account")
_BEGIN_FORM = Statement(
    "INSERT INTO sent_forms (key, said, at) VALUES (:key, '', :now)"
    " ON CONFLICT (key) DO NOTHING RETURNING key"
)
_SAID_TO_FORM = Statement("SELECT said FROM sent_forms WHERE key = :key")
_END_FORM = Statement("UPDATE sent_forms SET said = :said WHERE key = :key")
_FORGET_FORMS = Statement("DELETE FROM sent_forms WHERE at <= :before")
_FORGET_SPENT = Statement("DELETE FROM spent_logins WHERE at <= :before")
_FORGET = Statement(
    "DELETE FROM account_sessions WHERE opened_at <= :opened_after OR used_at <= :used_after"
)


class AccountExists(BotError):
    """There is an account of that name."""


class BadAccountName(BotError):
    """An account name that cannot be typed reliably."""


class NoSuchAccount(BotError):
    """There is no account of that name."""


class LastAccount(BotError):
    """Without this account nobody could open the console."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as a listing shows it."""

    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    open_sessions: int
    last_used_at: datetime | None
    """Of the open sessions; None when there is none."""


# ── accounts ────────────────────────────────────────────────────────────────────────────


def _plain_name(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def add(uow: UnitOfWork, name: str, role: Role, password: str) -> None:
    """Add an account. Makes the slow hash here: for the command line, not for a busy house.

    Raises:
        AccountExists: there is one of that name.
        BadAccountName: not 1 to 40 letters, digits or `.@-_`.
        WeakPassword: the password is too easy.
    """
    plain = _plain_name(name)
    if not _NAME.fullmatch(plain):
        raise BadAccountName(f'"{name}": a name is 1 to 40 letters, digits or . @ - _')
    added = uow.run(
        _ADD, name=plain, role=role, hash=make_hash(password), now=micros(uow.clock.now())
    )
    if not added:
        raise AccountExists(f'there is an account "{plain}" already')


def set_password(uow: UnitOfWork, name: str, password: str) -> bool:
    """Give an account a new password and end its sessions; False when there is none."""
    changed = uow.run(_SET_PASSWORD, name=_plain_name(name), hash=make_hash(password))
    return _end_sessions(uow, changed)


def disable(uow: UnitOfWork, name: str) -> None:
    """Close an account: nobody signs in to it any more, and its sessions end at once.

    Raises:
        NoSuchAccount: there is none of that name.
        LastAccount: nobody else could open the console then.
    """
    plain = _plain_name(name)
    rows = uow.run(_ROLE, name=plain)
    opens_console = bool(rows) and rows[0][0] != Role.ADVISOR
    if opens_console and not uow.run(_OTHERS, name=plain, none=Role.ADVISOR):
        raise LastAccount(f'"{plain}" is the last account that opens the console')
    if not _end_sessions(uow, uow.run(_DISABLE, name=plain, now=micros(uow.clock.now()))):
        raise NoSuchAccount(f'there is no account "{plain}"')


def enable(uow: UnitOfWork, name: str) -> None:
    """Open an account again, with the password that it had.

    Raises:
        NoSuchAccount: there is none of that name.
    """
    plain = _plain_name(name)
    if not uow.run(_ENABLE, name=plain):
        raise NoSuchAccount(f'there is no account "{plain}"')


def listing(uow: UnitOfWork) -> list[Listed]:
    """Return all accounts by name."""
    return [
        Listed(
            str(name),
            Role(str(role)),
            instant(created_at),
            None if disabled_at is None else instant(disabled_at),
            integer(sessions),
            None if used_at is None else instant(used_at),
        )
        for name, role, created_at, disabled_at, sessions, used_at in uow.run(_LIST, **limits(uow))
    ]


def ensure_demo(uow: UnitOfWork) -> str | None:
    """Make the demo's accounts in a database that has none, and return their password.

    Only for the demo on a loopback address. A database with accounts of its own gets no
    account with a known password: then None is returned.
    """
    if uow.run(_COUNT)[0][0] == 0:
        add(uow, DEMO_NAME, Role.SUPERVISOR, DEMO_PASSWORD)
        add(uow, DEMO_ADVISOR, Role.ADVISOR, DEMO_PASSWORD)
    return DEMO_PASSWORD if has_demo(uow) else None


def has_demo(uow: UnitOfWork) -> bool:
    """Return True when the known password opens an account: no house should open to others then."""
    return bool(demo_accounts(uow))


def demo_accounts(uow: UnitOfWork) -> list[str]:
    """Return which of the demo's accounts open with the known password.

    Takes as long as a sign-in for each that there is.
    """
    kept = {name: kept_hash(uow, name) for name in (DEMO_NAME, DEMO_ADVISOR)}
    return [name for name, one in kept.items() if one and matches(one, DEMO_PASSWORD)]


def kept_hash(uow: UnitOfWork, name: str) -> str | None:
    """Return the hash of an account that may sign in; None for any other name."""
    rows = uow.run(_HASH, name=_plain_name(name))
    return str(rows[0][0]) if rows else None


def replace_hash(uow: UnitOfWork, name: str, kept_hash: str, new_hash: str) -> bool:
    """Change a password and end all the account's sessions; False when it was changed."""
    changed = uow.run(_SET_HASH, name=_plain_name(name), old=kept_hash, new=new_hash)
    return _end_sessions(uow, changed)


def _end_sessions(uow: UnitOfWork, accounts: list[Row]) -> bool:
    for row in accounts:
        uow.run(CLOSE_ALL, account=row[0])
    return bool(accounts)


# ── sessions ────────────────────────────────────────────────────────────────────────────


def hashed(secret: str) -> str:
    """Return what is kept of a secret; a fast hash does, because it is 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def limits(uow: UnitOfWork) -> dict[str, object]:
    """Return what a session must have been opened and used after."""
    now = uow.clock.now()
    return {"opened_after": micros(now - LONGEST), "used_after": micros(now - IDLE)}


def open_session(uow: UnitOfWork, name: str, kept_hash: str) -> str | None:
    """Open a session and return its secret; None when the password has changed since."""
    secret = secrets.token_urlsafe(32)
    opened = uow.run(
        _OPEN,
        secret=hashed(secret),
        now=micros(uow.clock.now()),
        name=_plain_name(name),
        hash=kept_hash,
    )
    return secret if opened else None


def find_session(uow: UnitOfWork, secret: str) -> SignedIn | None:
    """Return who holds the session; None when it is over or never was."""
    rows = uow.run(_FIND, secret=hashed(secret), **limits(uow))
    if not rows:
        return None
    name, role, used_at, source = rows[0]
    stale = uow.clock.now() - instant(used_at) > TOUCH_EVERY
    userid = staff.userid_after(uow, str(name).rpartition(":")[2])
    return SignedIn(str(name), Role(str(role)), stale, str(source or ""), userid)


def touch_session(uow: UnitOfWork, secret: str) -> None:
    """Write down that the session was used now."""
    uow.run(_TOUCH, secret=hashed(secret), now=micros(uow.clock.now()))


def close_session(uow: UnitOfWork, secret: str) -> None:
    """End a session."""
    uow.run(_CLOSE, secret=hashed(secret))


def forget_old_sessions(uow: UnitOfWork) -> None:
    """Remove sessions, logins and forms that are over; for a housekeeping job."""
    now = uow.clock.now()
    uow.run(_FORGET, **limits(uow))
    uow.run(_FORGET_SPENT, before=micros(now - KEEP_SPENT))
    uow.run(_FORGET_FORMS, before=micros(now - KEEP_FORMS))


# ── forms ───────────────────────────────────────────────────────────────────────────────


def begin_form(uow: UnitOfWork, key: str) -> str | None:
    """Note that a form is acted upon; None, or what was said when it came before."""
    if uow.run(_BEGIN_FORM, key=key, now=micros(uow.clock.now())):
        return None
    rows = uow.run(_SAID_TO_FORM, key=key)
    return str(rows[0][0]) if rows else ""


def end_form(uow: UnitOfWork, key: str, said: str) -> None:
    """Keep what was said to a form, for when it comes again."""
    uow.run(_END_FORM, key=key, said=said)
