"""Console accounts and their sessions; this module is the kernel's `Accounts`."""

from bot.commons.accounts.models import Account, AccountSession
from bot.commons.accounts.rules import check_password, make_hash, matches
from bot.commons.accounts.service import (
    DEMO_NAME,
    DEMO_PASSWORD,
    AccountExists,
    BadAccountName,
    add,
    close_session,
    ensure_demo,
    find_session,
    forget_old_sessions,
    has_demo,
    kept_hash,
    open_session,
    replace_hash,
    set_disabled,
    set_password,
    touch_session,
)

__all__ = [
    "DEMO_NAME",
    "DEMO_PASSWORD",
    "Account",
    "AccountExists",
    "AccountSession",
    "BadAccountName",
    "add",
    "check_password",
    "close_session",
    "ensure_demo",
    "find_session",
    "forget_old_sessions",
    "has_demo",
    "kept_hash",
    "make_hash",
    "matches",
    "open_session",
    "replace_hash",
    "set_disabled",
    "set_password",
    "touch_session",
]
