"""Counts what happened in a week, from the rows themselves: each number with those it stands on."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from bot.commons import cases, clocks, ratings
from bot.commons.cases import Did, Ending
from bot.commons.ratings import voices
from bot.commons.ratings.voices import Voice
from bot.commons.verdicts import sampling
from bot.features.weekly.rules import Figure, figure
from bot.kernel.community import Community
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_TRUE = frozenset({Ending.SOLVED, Ending.COMPENSATED, Ending.SOLD, Ending.ANSWERED})
_FALSE = frozenset({Ending.FALSE_ALARM, Ending.NOT_OURS})
_SENT = "o.status IN ('sent', 'sending', 'maybe') AND o.claimed_at >= :since"

_EVIDENCE = Statement(
    "SELECT case_id, reasons FROM case_evidence WHERE at >= :since AND at < :until"
    " AND score_milli >= 500 AND label <> '' ORDER BY id"
)
_STEPS = Statement(
    "SELECT id, case_id, at, who, what, words FROM case_steps WHERE at >= :since AND at < :until"
    " ORDER BY id"
)
_FIRST = Statement(
    "SELECT tier, case_id FROM case_clocks WHERE timer = 'first' AND stopped_by = 'answered'"
    " AND stopped_at >= :since AND stopped_at < :until ORDER BY id"
)
_LADDER = Statement(
    "SELECT step, case_id FROM case_ladder WHERE at >= :since AND at < :until ORDER BY id"
)
_TICKETS = Statement(
    "SELECT DISTINCT case_id FROM case_promises WHERE what = 'answer' AND who = 'bot'"
    " AND at >= :since AND at < :until ORDER BY case_id"
)
_PROMISES = Statement(
    "SELECT case_id, is_kept FROM case_promises WHERE ended_at >= :since AND ended_at < :until"
    " ORDER BY id"
)
_SPANS = Statement(
    "SELECT count(*) FROM human_spans WHERE since < :until"
    " AND (until_at IS NULL OR until_at > :since)"
)
# what the sender would withdraw (pipeline/outbox.py) and yet was claimed while humans had her
_SPOKE = Statement(
    "SELECT DISTINCT o.id FROM human_spans s JOIN identities i ON i.member_id = s.member_id"
    " JOIN outbox o ON o.channel = i.channel AND o.recipient = i.identity"
    " WHERE s.since < :until AND (s.until_at IS NULL OR s.until_at > :since)"
    f" AND {_SENT} AND o.claimed_at < :until AND o.claimed_at > s.since"
    " AND (s.until_at IS NULL OR o.claimed_at < s.until_at) AND o.payload LIKE :alone"
    " AND o.payload LIKE :bot AND o.payload LIKE :untied ORDER BY o.id"
)
_WITHDRAWN = Statement(
    "SELECT id FROM outbox WHERE status = 'withdrawn' AND created_at >= :since"
    " AND created_at < :until ORDER BY id"
)
_COMPLAINANTS = Statement(
    "SELECT count(DISTINCT member_id) FROM cases WHERE kind IN ('complaint', 'safety')"
    " AND opened_at < :until AND (closed_at IS NULL OR closed_at > :since)"
)
_OFFERED = Statement(
    "SELECT DISTINCT o.id FROM cases c JOIN identities i ON i.member_id = c.member_id"
    " JOIN outbox o ON o.channel = i.channel AND o.recipient = i.identity"
    " WHERE c.kind IN ('complaint', 'safety') AND o.why = 'outreach.offer'"
    f" AND {_SENT} AND o.claimed_at < :until AND o.claimed_at > c.opened_at"
    " AND (c.closed_at IS NULL OR o.claimed_at < c.closed_at) ORDER BY o.id"
)
# 企业群发 decides whom to leave out when it is drafted; a colleague confirms it later
_MASS_OFFERED = Statement(
    "SELECT DISTINCT t.id FROM mass_targets t JOIN cases c ON c.member_id IN"
    " (SELECT i.member_id FROM identities i WHERE i.identity = t.chat UNION"
    " SELECT i.member_id FROM person_keys k JOIN identities i ON i.id = k.identity_id"
    " WHERE k.kind = 'external_userid' AND k.value = t.chat)"
    " WHERE t.audience = 'customers' AND t.status = 'delivered' AND t.sent_at >= :since"
    " AND t.sent_at < :until AND c.kind IN ('complaint', 'safety') AND c.opened_at < t.drafted_at"
    " AND (c.closed_at IS NULL OR c.closed_at > t.drafted_at) ORDER BY t.id"
)
_PARTS = {
    "alone": '%"to_group":false%',
    "bot": '%"voice":"bot"%',
    "untied": '%"ticket":null%',
}


class Week:
    """A week from a Monday, and what is found in it."""

    def __init__(self, uow: UnitOfWork, community: Community, monday: date) -> None:
        self._uow = uow
        self._community = community
        self._monday = monday
        self._since, self._until = sampling.bounds(community, monday)
        self._span = {"since": micros(self._since), "until": micros(self._until)}
        self._steps = uow.run(_STEPS, **self._span)

    def figures(self) -> list[Figure]:
        """Return all figures, always in the same order."""
        return [
            *self._confusion(),
            *self._first_answers(),
            *self._waits(),
            *self._ladder(),
            *self._reopened(),
            *self._csat(),
            *self._silence(),
            *self._promises(),
            *self._false_alarms(),
            *self._voices(),
            *self._comments(),
            *self._recall(),
        ]

    def _confusion(self) -> Iterator[Figure]:
        """By each reason of the detector: how many of its cases people call true, and false."""
        found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for case, reasons in self._uow.run(_EVIDENCE, **self._span):
            number = integer(case)
            for reason in json.loads(str(reasons)):
                said = found[str(reason)][self._verdict(number)]
                if number not in said:
                    said.append(number)
        for reason in sorted(found):
            n = sum(len(numbers) for numbers in found[reason].values())
            for verdict in ("true", "false", "open"):
                numbers = found[reason][verdict]
                yield figure(f"found_{verdict}", reason, len(numbers), n, _cases(numbers))

    def _verdict(self, number: int) -> str:
        """Return what a person has said of a case last, else how it ended."""
        said = [
            one.what
            for one in cases.steps_of(self._uow, number)
            if one.what in {Did.FOUND_TRUE, Did.FOUND_FALSE}
        ]
        if said:
            return "true" if said[-1] == Did.FOUND_TRUE else "false"
        case = cases.get(self._uow, number)
        code = case.code if case else ""
        return "true" if code in set(_TRUE) else "false" if code in set(_FALSE) else "open"

    def _first_answers(self) -> Iterator[Figure]:
        """How soon humans wrote first, in business seconds, by tier."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for tier, case in self._uow.run(_FIRST, **self._span):
            numbers[str(tier)].append(integer(case))
        found = clocks.first_responses(self._uow, self._since, self._until)
        for tier in sorted(found):
            one, rows = found[tier], _cases(numbers[tier])
            yield figure("first_p50_s", tier, one.p50_s, one.count, rows)
            yield figure("first_p90_s", tier, one.p90_s, one.count, rows)
            yield figure("first_in_time", tier, one.in_time, one.count, rows)

    def _waits(self) -> Iterator[Figure]:
        """For how long a case had nobody, and how often nobody was on duty."""
        opened: dict[int, int] = {}
        waits: dict[int, int] = {}
        begun = 0
        for _, case, at, _who, what, _words in self._steps:
            number, when = integer(case), integer(at)
            if what in {Did.OPENED, Did.REOPENED}:
                opened[number], begun = when, begun + 1
            elif what in {Did.ASSIGNED, Did.ACCEPTED, Did.ANSWERED} and number in opened:
                waits[number] = max(waits.get(number, 0), when - opened.pop(number))
        for number, when in opened.items():
            waits[number] = max(waits.get(number, 0), self._end_of(number) - when)
        longest = max(waits, key=lambda number: (waits[number], -number), default=None)
        value = waits[longest] // 1_000_000 if longest is not None else 0
        rows = _cases([longest]) if longest is not None else ()
        yield figure("cases_opened", "", begun, begun, _cases(self._cases_of(Did.OPENED)))
        yield figure("oldest_unassigned_s", "", value, begun, rows)
        tickets = [integer(row[0]) for row in self._uow.run(_TICKETS, **self._span)]
        yield figure("nobody_on_duty", "", len(tickets), begun, _cases(tickets))

    def _end_of(self, number: int) -> int:
        """Return until when a case that nobody took has waited, in this week."""
        ends = [
            integer(at)
            for _, case, at, _who, what, _words in self._steps
            if integer(case) == number and what in {Did.RESOLVED, Did.CLOSED}
        ]
        return max(ends, default=min(micros(self._until), micros(self._uow.clock.now())))

    def _ladder(self) -> Iterator[Figure]:
        steps: dict[str, list[int]] = defaultdict(list)
        for step, case in self._uow.run(_LADDER, **self._span):
            steps[str(step)].append(integer(case))
        n = sum(map(len, steps.values()))
        for step in sorted(steps):
            yield figure("ladder", step, len(steps[step]), n, _cases(steps[step]))

    def _reopened(self) -> Iterator[Figure]:
        again, ended = self._cases_of(Did.REOPENED), self._cases_of(Did.RESOLVED)
        yield figure("reopened", "", len(again), len(ended), _cases(again))

    def _csat(self) -> Iterator[Figure]:
        found = ratings.answered(self._uow, self._since, self._until)
        rows = _cases(sorted(one.case for one in found))
        csat = ratings.csat(one.score for one in found)
        yield figure("csat_percent", "", csat.percent, csat.n, rows)
        asked = ratings.count_asked(self._uow, self._since, self._until)
        yield figure("csat_answered", "", csat.n, asked, rows)
        low = sorted(one.case for one in found if one.score <= ratings.LOW)
        yield figure("csat_low", "", len(low), csat.n, _cases(low))

    def _silence(self) -> Iterator[Figure]:
        """What must be none: the bot's words while humans had her, offers to who complains."""
        spoke = self._ids(_SPOKE, **_PARTS)
        spans = integer(self._uow.run(_SPANS, **self._span)[0][0])
        yield figure("bot_after_human", "", len(spoke), spans, _named("outbox", spoke))
        kept_back = self._ids(_WITHDRAWN)
        yield figure("withdrawn", "", len(kept_back), spans, _named("outbox", kept_back))
        offered = [
            *_named("outbox", self._ids(_OFFERED)),
            *_named("mass", self._ids(_MASS_OFFERED)),
        ]
        n = integer(self._uow.run(_COMPLAINANTS, **self._span)[0][0])
        yield figure("marketing_to_complainants", "", len(offered), n, offered)

    def _ids(self, statement: Statement, **more: object) -> list[int]:
        return [integer(row[0]) for row in self._uow.run(statement, **self._span, **more)]

    def _promises(self) -> Iterator[Figure]:
        found = [
            (integer(case), bool(kept)) for case, kept in self._uow.run(_PROMISES, **self._span)
        ]
        broken = [case for case, kept in found if not kept]
        yield figure("promises_kept", "", len(found) - len(broken), len(found))
        yield figure("promises_broken", "", len(broken), len(found), _cases(broken))

    def _false_alarms(self) -> Iterator[Figure]:
        """By advisor and day: whoever has too many stops listening."""
        found: dict[str, list[int]] = defaultdict(list)
        for case, at, who in self._called_false():
            day = self._community.day_of(instant(at))
            group = f"{who} {day.isoformat()}"
            if case not in found[group]:
                found[group].append(case)
        for group in sorted(found):
            yield figure("false_alarms", group, len(found[group]), 1, _cases(found[group]))
        total = sum(map(len, found.values()))
        yield figure("false_alarms_per_advisor_day", "", _mean(total, len(found)), len(found))

    def _called_false(self) -> Iterator[tuple[int, int, str]]:
        for _, case, at, who, what, words in self._steps:
            ended = what in {Did.RESOLVED, Did.CLOSED}
            code = str(words).partition(" ")[0]
            if what == Did.FOUND_FALSE or (ended and code == Ending.FALSE_ALARM):
                yield integer(case), integer(at), str(who).lower()

    def _voices(self) -> Iterator[Figure]:
        found = voices.between(self._uow, self._since, self._until)
        counts = Counter(one.about.value for one in found)
        for about in ratings.About:
            numbers = [one.id for one in found if one.about is about]
            yield figure("voices", about.value, counts[about], len(found), _named("voice", numbers))

    def _comments(self) -> Iterator[Figure]:
        """By source: of the outside comments that came in, how many say something to improve."""
        found: dict[str, list[Voice]] = defaultdict(list)
        for one in voices.taken_between(self._uow, self._since, self._until):
            found[one.source].append(one)
        for source, all_of in found.items():
            bad = [one.id for one in all_of if one.about is not ratings.About.FINE]
            rows = _named("voice", bad)
            yield figure("outside_comments", source, len(bad), len(all_of), rows)

    def _recall(self) -> Iterator[Figure]:
        found = sampling.progress(self._uow, self._community, self._monday)
        if found is None:
            return
        rows = [f"sample:{self._monday.isoformat()}"]
        yield figure("sample_read", "", found.read, found.drawn, rows)
        bounds: Mapping[str, float | None] = {
            "recall": found.recall.value if found.recall else None,
            "recall_low": found.recall.low if found.recall else None,
            "recall_high": found.recall.high if found.recall else None,
        }
        for name, share in bounds.items():
            yield figure(name, "", None if share is None else round(share, 4), found.read, rows)

    def _cases_of(self, did: Did) -> list[int]:
        return [integer(case) for _, case, _at, _who, what, _words in self._steps if what == did]


def _cases(numbers: Iterable[int]) -> Sequence[str]:
    return _named("case", dict.fromkeys(numbers))


def _named(kind: str, numbers: Iterable[int]) -> Sequence[str]:
    return [f"{kind}:{number}" for number in numbers]


def _mean(total: int, n: int) -> float:
    return round(total / n, 2) if n else 0.0
