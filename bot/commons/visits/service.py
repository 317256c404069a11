"""Opens and ends members' sessions, opens personal links once, lets forms act once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from bot.commons import audit, members
from bot.commons.notices import Notices
from bot.kernel.events import MemberProven
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.visiting import Guest, Outcome, Proven
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

LONGEST = timedelta(days=7)
IDLE = timedelta(days=2)
TOUCH_EVERY = timedelta(minutes=30)
MOST_SESSIONS = 10
ACTS_KEPT = timedelta(days=1)
TOLD_FOR = timedelta(minutes=5)
_WORDS_CHARS = 2000
_BY_LINK = "link"

# nobody who is gone gets one: her id stands in no row of members
_OPEN = Statement(
    "INSERT INTO member_sessions (secret_hash, member_id, came_by, opened_at, used_at)"
    " SELECT :secret, id, :came_by, :now, :now FROM members WHERE id = :member RETURNING member_id"
)
_CUT = Statement(
    "DELETE FROM member_sessions WHERE member_id = :member AND secret_hash NOT IN"
    " (SELECT secret_hash FROM member_sessions WHERE member_id = :member"
    " ORDER BY used_at DESC, opened_at DESC LIMIT :most)"
)
FIND = Statement(
    "SELECT member_id, used_at FROM member_sessions WHERE secret_hash = :secret"
    " AND opened_at > :opened_after AND used_at > :used_after"
)
_TOUCH = Statement("UPDATE member_sessions SET used_at = :now WHERE secret_hash = :secret")
_CLOSE = Statement("DELETE FROM member_sessions WHERE secret_hash = :secret")
_SPEND = Statement(
    "INSERT INTO opened_links (token_hash, member_id, browser_hash, until)"
    " SELECT :token, id, :browser, :until FROM members WHERE id = :member"
    " ON CONFLICT (token_hash) DO NOTHING RETURNING 1"
)
_SPENT = Statement("SELECT browser_hash FROM opened_links WHERE token_hash = :token")
_CONSENT = Statement(
    "INSERT INTO page_consents (member_id, channel, wording, at)"
    " VALUES (:member, :channel, :wording, :now)"
)
_BEGIN = Statement(
    "INSERT INTO page_acts (member_id, key, words, refused, at)"
    " SELECT id, :key, '', 0, :now FROM members WHERE id = :member"
    " ON CONFLICT (member_id, key) DO NOTHING RETURNING 1"
)
_FINISH = Statement(
    "UPDATE page_acts SET words = :words, refused = :refused"
    " WHERE member_id = :member AND key = :key"
)
_OUTCOME = Statement(
    "SELECT words, refused FROM page_acts"
    " WHERE member_id = :member AND key = :key AND at > :since AND words <> ''"
)
_FORGET_SESSIONS = Statement(
    "DELETE FROM member_sessions WHERE opened_at <= :opened_after OR used_at <= :used_after"
)
_FORGET_LINKS = Statement("DELETE FROM opened_links WHERE until < :now")
_FORGET_ACTS = Statement("DELETE FROM page_acts WHERE at < :before")


# ── sessions ────────────────────────────────────────────────────────────────────────────


def find_session(uow: UnitOfWork, secret: str) -> Guest | None:
    """Return who holds the session; None when it is over or never was."""
    rows = uow.run(FIND, secret=_hashed(secret), **_limits(uow))
    if not rows:
        return None
    member = MemberId(integer(rows[0][0]))
    stale = uow.clock.now() - instant(rows[0][1]) > TOUCH_EVERY
    return Guest(member, name_of(uow, member), stale)


def touch_session(uow: UnitOfWork, secret: str) -> None:
    """Write down that the session was used now."""
    uow.run(_TOUCH, secret=_hashed(secret), now=micros(uow.clock.now()))


def close_session(uow: UnitOfWork, secret: str) -> None:
    """End a session."""
    uow.run(_CLOSE, secret=_hashed(secret))


def name_of(uow: UnitOfWork, member: MemberId) -> str:
    """Return what to call a member; empty when nobody said."""
    return members.display_name(uow, member) or ""


def _open(uow: UnitOfWork, member: MemberId, came_by: str) -> str | None:
    """Open a session; None when the member is gone. The oldest end when there are many."""
    secret = secrets.token_urlsafe(32)
    now = micros(uow.clock.now())
    if not uow.run(_OPEN, secret=_hashed(secret), member=member, came_by=came_by, now=now):
        return None
    uow.run(_CUT, member=member, most=MOST_SESSIONS)
    return secret


def _hashed(secret: str) -> str:
    """Return what is kept of a secret; a fast hash does, because it is random."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _limits(uow: UnitOfWork) -> dict[str, object]:
    now = uow.clock.now()
    return {"opened_after": micros(now - LONGEST), "used_after": micros(now - IDLE)}


# ── ways in ─────────────────────────────────────────────────────────────────────────────


def is_spent(uow: UnitOfWork, token: str) -> bool:
    """Return True when a personal link has been opened."""
    return bool(uow.run(_SPENT, token=_hashed(token)))


def open_link(
    uow: UnitOfWork, token: str, member: MemberId, *, until: datetime, browser: str
) -> str | None:
    """Open a personal link in one browser; return the secret of a session.

    None when another browser has opened it, or the member is gone.
    """
    uow.take_turns({members.turn_of_member(member)})
    member = members.current(uow, member)  # the link may be older than a merge
    _spend(uow, token, member, browser=browser, until=until)
    rows = uow.run(_SPENT, token=_hashed(token))
    if not rows or rows[0][0] != _hashed(browser):
        return None
    return _open(uow, member, _BY_LINK)


def _spend(uow: UnitOfWork, token: str, member: MemberId, *, browser: str, until: datetime) -> bool:
    """Write down that a link was used; False when it was before, or the member is gone."""
    told = {"token": _hashed(token), "browser": _hashed(browser), "until": micros(until)}
    return bool(uow.run(_SPEND, member=member, **told))


def take(
    uow: UnitOfWork, token: str, member: MemberId, *, until: datetime, what: str
) -> MemberId | None:
    """Let a file be taken by a personal link, once; return whose it is.

    None when it was taken before, or the member is gone.
    """
    uow.take_turns({members.turn_of_member(member)})
    member = members.current(uow, member)
    if not _spend(uow, token, member, browser="", until=until):
        return None
    audit.record(uow, "member", "pages.taken", what, member=member)
    return member


def enter(uow: UnitOfWork, proven: Proven) -> str | None:
    """Open a session for somebody known; None for somebody never seen."""
    uow.take_turns({members.turn_of(name.channel, name.identity) for name in proven.names})
    for name in proven.names:
        member = members.find(uow, name.channel, name.identity)
        if member is not None:
            return _let_in(uow, member, proven)
    return None


def agree(uow: UnitOfWork, proven: Proven, *, wording: str) -> str:
    """Make somebody a member who agreed to `wording`, and open a session.

    Sent twice, it is one consent: the second time she is known.
    """
    if (secret := enter(uow, proven)) is not None:
        return secret
    first, now = proven.names[0], uow.clock.now()
    member = members.resolve(uow, first.channel, first.identity, now)
    uow.run(_CONSENT, member=member, channel=first.channel, wording=wording, now=micros(now))
    audit.record(uow, "member", "pages.agreed", f"{first.channel}, {wording}", member=member)
    return _let_in(uow, member, proven)


def _let_in(uow: UnitOfWork, member: MemberId, proven: Proven) -> str:
    names = tuple((name.channel, name.identity) for name in proven.names)
    uow.publish(MemberProven(member, names, proven.unionid))
    secret = _open(uow, member, proven.names[0].channel)
    if secret is None:
        raise LookupError(f"member {member} has an identity and is not there")
    return secret


# ── forms ───────────────────────────────────────────────────────────────────────────────


def begin(uow: UnitOfWork, member: MemberId, key: str) -> MemberId | None:
    """Begin what a form asks for; return for whom, who may be another since a merge.

    None when the same form was sent before, or she is gone.
    """
    uow.take_turns({members.turn_of_member(member)})
    who = members.current(uow, member)
    begun = uow.run(_BEGIN, member=who, key=key, now=micros(uow.clock.now()))
    return who if begun else None


def finish(uow: UnitOfWork, member: MemberId, key: str, outcome: Outcome) -> None:
    """Keep what came of it for a while."""
    words = outcome.words[:_WORDS_CHARS]
    uow.run(_FINISH, member=member, key=key, words=words, refused=int(outcome.refused))


def outcome(uow: UnitOfWork, member: MemberId, key: str) -> Outcome | None:
    """Return what came of a form a moment ago; None for an old or unknown one."""
    since = micros(uow.clock.now() - TOLD_FOR)
    rows = uow.run(_OUTCOME, member=member, key=key, since=since)
    return Outcome(str(rows[0][0]), bool(rows[0][1])) if rows else None


# ── housekeeping ────────────────────────────────────────────────────────────────────────


def report(uow: UnitOfWork, tools: Toolbox, channel: ChannelName, text: str) -> None:
    """Tell operators, once a day, that a login does not work."""
    day = uow.clock.now().date()
    tools.use(Notices).tell(uow, key=f"page-login:{channel}:{day}", text=text)


def forget_old(uow: UnitOfWork) -> None:
    """Remove what is over; for a housekeeping job."""
    now = uow.clock.now()
    uow.run(_FORGET_SESSIONS, **_limits(uow))
    uow.run(_FORGET_LINKS, now=micros(now))
    uow.run(_FORGET_ACTS, before=micros(now - ACTS_KEPT))
