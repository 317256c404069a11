"""The operators' page of what people are told: who is invited, what comes, what was said."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from bot.commons import audit, members, salons
from bot.commons.content import rewards_sharing
from bot.commons.salons import FIRST_NUMBER, SalonView, State, Told, rounds
from bot.commons.salons.hosts import host_of
from bot.features.invitations import telling
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 50
_SHOWN_FOR = timedelta(days=14)
_WORDS_CHARS = 500
_KEY_CHARS = 60


class BadWords(Refusal):
    """Nothing to say, too much, or a reward for sharing."""

    template = "invitations/bad_words.txt.j2"


class Gone(Refusal):
    """There is no such salon any more."""

    template = "invitations/gone.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked = number_in(query.get("salon", ""))
    found = salons.latest(uow, uow.clock.now() - _SHOWN_FOR, most=_MOST)
    return {
        "salons": [_row(uow, one) for one in found if asked in {None, one.number}],
        "zone": tools.use(Community).zone,
        "is_one": asked is not None,
        "back": urlencode({"salon": asked}) if asked else "",
        "words_chars": _WORDS_CHARS,
    }


def _row(uow: UnitOfWork, found: SalonView) -> Mapping[str, object]:
    now, host = uow.clock.now(), host_of(uow, found.id)
    is_open = found.state is State.OPEN
    reminders = sorted(telling.reminders_of(found).values()) if is_open else []
    return {
        "salon": found,
        "counts": found.outcome or salons.count(uow, found.id),
        "invited": salons.invited(uow, found.id),
        "opens_at": salons.opens_at(found),
        "host": members.display_name(uow, host[0]) if host else "",
        "consent": host[1] if host else "",
        "reminders": [at for at in reminders if at > now],
        "rounds": rounds.latest(uow, found.id),
        "key": f"{found.id}-{now.timestamp():.6f}",
    }


def _say(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Begin to tell everybody who is in what an operator says; the same form says it once."""
    words = _words(form)
    found = salons.held(uow, (number_in(form.get("salon", "")) or 0) - FIRST_NUMBER)
    if found is None or found.state is State.WITHDRAWN:
        raise Gone("no such salon")
    if rounds.begin(uow, found.id, f"{Told.NEWS}:{form.get('key', '')[:_KEY_CHARS]}", words=words):
        audit.record(uow, who, "salons.said", f"to the people of salon {found.id}")
    return tools.use(Words)("invitations/said.txt.j2", salon=found)


def _words(form: Mapping[str, str]) -> str:
    words = form.get("words", "").strip()
    reward = rewards_sharing(words)
    if reward or not 0 < len(words) <= _WORDS_CHARS:
        raise BadWords("words", reward=reward.words if reward else "", most=_WORDS_CHARS)
    return words


def _count_open(uow: UnitOfWork) -> float:
    return float(rounds.count_open(uow))


pages = (
    Page(
        "invitations",
        "沙龙通知",
        "invitations/invitations.html.j2",
        _load,
        {"say": _say},
        aisle=Aisle.PLAY,
    ),
)
metrics = (
    Metric(
        "salon_rounds_open",
        "Things that people of salons are being told",
        _count_open,
        title="沙龙通知在发",
    ),
)
