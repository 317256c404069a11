"""The operators' page of polls: see, make and end them, tell the voters what came of it."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.features.polls import ending, reads, replies, telling
from bot.features.polls.drawing import download
from bot.features.polls.filing import POLLS
from bot.features.polls.mine import PAGE
from bot.features.polls.reads import PollView
from bot.features.polls.rules import State
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Download, Page, instant_in, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Links, Words
from bot.kernel.sheets import sheet_of
from bot.kernel.words import count_in
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_MOST = 50
_WORDS_CHARS, _TITLE_CHARS, _OPTIONS = 500, 60, 20
_MOST_NUMBER = 1_000_000
_COLUMNS = ("poll", "option", "ballots", "percent", "winner")
_TOLD = Statement(
    "SELECT n.words, n.at, n.done_at IS NULL, (SELECT COUNT(*) FROM ballots b"
    " WHERE b.poll_id = n.poll_id AND b.member_id < n.next_member)"
    " FROM poll_news n WHERE n.poll_id = :poll ORDER BY n.id DESC LIMIT 3"
)
_OPEN = Statement("SELECT COUNT(*) FROM polls WHERE state = 'open'")


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "polls/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    zone, links = tools.use(Community).zone, tools.use(Links)
    asked = number_in(query.get("poll", ""))
    polls = [poll for poll in reads.latest(uow, most=_MOST) if asked in {None, poll.number}]
    return {
        "polls": [_row(uow, zone, poll) for poll in polls],
        "group_url": links.for_group(PAGE),
        "words_chars": _WORDS_CHARS,
        "title_chars": _TITLE_CHARS,
    }


def _row(uow: UnitOfWork, zone: ZoneInfo, poll: PollView) -> Mapping[str, object]:
    now, bars = uow.clock.now(), replies.bars(uow, poll)
    return {
        "poll": poll,
        "state": "coming" if poll.state is State.OPEN and now < poll.opens_at else poll.state.value,
        "opens_at": poll.opens_at.astimezone(zone),
        "closes_at": poll.closes_at.astimezone(zone) if poll.closes_at else None,
        "is_over": poll.closes_at is not None and poll.closes_at <= now,
        "bars": bars,
        "voters": reads.voters(uow, poll.id),
        "csv": _sheet(poll, bars),
        "news": [
            {"words": words, "is_under_way": bool(open_), "told": integer(told)}
            for words, _, open_, told in uow.run(_TOLD, poll=poll.id)
        ],
    }


def _sheet(poll: PollView, bars: list[replies.Bar]) -> str:
    rows = [
        (poll.title, bar.option.text, bar.ballots, bar.percent, int(bar.is_winner)) for bar in bars
    ]
    return sheet_of(_COLUMNS, rows)


def _poll(form: Mapping[str, str]) -> int:
    return number_in(form.get("poll", "")) or 0


def _text(form: Mapping[str, str], field: str, most: int) -> str:
    text = form.get(field, "").strip()
    if not 0 < len(text) <= most:
        raise BadForm(field, field=field, most=most)
    return text


def _call_off(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = _text(form, "why", _WORDS_CHARS)
    poll = ending.call_off(uow, _poll(form), who=who, why=why)
    return tools.use(Words)("polls/said.txt.j2", what="called_off", poll=poll)


def _close(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    poll = ending.close_now(uow, _poll(form), who=who)
    return tools.use(Words)("polls/said.txt.j2", what="closed", poll=poll)


def _say(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    words = _text(form, "words", _WORDS_CHARS)
    poll = telling.say(uow, _poll(form), words, who=who)
    voters = reads.voters(uow, poll.id)
    return tools.use(Words)("polls/said.txt.j2", what="said", poll=poll, voters=voters)


def _make(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    title = _text(form, "title", _TITLE_CHARS)
    options = [line.strip() for line in form.get("options", "").splitlines() if line.strip()]
    if not 2 <= len(options) <= _OPTIONS:  # noqa: PLR2004 - a choice is between two
        raise BadForm("options", field="options")
    matter: dict[str, object] = {
        "title": title,
        "options": options,
        "max_choices": _number(form, "max_choices") or 1,
        "closes_at": _closes_at(form, tools.use(Community).zone),
        "results": "live" if form.get("live") else "after_close",
        "points": _number(form, "points") or None,
        "quorum": _number(form, "quorum") or None,
    }
    if eligible := form.get("eligible", "").split():
        matter["eligible"] = eligible
    path = POLLS.make(uow, tools, matter, form.get("body", ""), who)
    return tools.use(Words)("polls/said.txt.j2", what="made", path=path)


def _number(form: Mapping[str, str], field: str) -> int:
    text = form.get(field, "").strip() or "0"
    if (number := count_in(text, _MOST_NUMBER)) is None:
        raise BadForm(field, field="number", name=field)
    return number


def _closes_at(form: Mapping[str, str], zone: ZoneInfo) -> datetime | None:
    text = form.get("closes_at", "").strip()
    if not text:
        return None
    if (at := instant_in(text, zone)) is None:
        raise BadForm("date", field="date")
    return at


def _count_open(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_OPEN)[0][0]))


def _give(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    return download(uow, tools, reads.poll(uow, number))


pages = (
    Page(
        "polls",
        "投票",
        "polls/polls.html.j2",
        _load,
        {"make": _make, "close": _close, "call-off": _call_off, "say": _say},
        files=_give,
        aisle=Aisle.PLAY,
    ),
)
metrics = (Metric("polls_open", "Polls that are open or will open", _count_open, title="投票"),)
