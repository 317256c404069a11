"""Rows that are made from files follow them, go with them and come back, on both databases."""

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons.content import ContentFile
from bot.commons.content.files import Kind, Stage
from bot.commons.filing import Filing, Frozen, Wanted
from bot.features.challenges.filing import CHALLENGES
from bot.features.polls import reads
from bot.features.polls.filing import POLLS
from bot.features.surveys.filing import SURVEYS
from bot.features.trials.filing import TRIALS
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import Store

FILE = ContentFile(
    "x/a.md", "一", Kind.INTERACTIVE, Stage.CONSIDERATION, "说明", body_line=1, revision="r1"
)
SURVEY = {"questions": "[]", "audience": "[]", "anonymous": 0, "closes_at": 5}
DAYS = {"first_day": "2026-08-24", "last_day": "2026-08-30"}
CHALLENGE = {**DAYS, "terms": "{}", "kinds": "[]"}
POLL = {"options": "[]", "max_choices": 1, "opens_at": 1, "closes_at": None, "eligible": "[]"}
POLL |= {"results": "live", "points": 0, "goal_points": None, "quorum": 0, "tie": "all"}
TRIAL = {"quota": 3, "opens_at": 0, "closes_at": None, "audience": "[]", "questions": "[]"}
TRIAL |= {"feedback": "[]", "feedback_after_days": 7, "consent": "好", "pick": "first", "seed": ""}
TRIAL |= {"is_cohort": 0, "tag": ""}
ALL = [(POLLS, POLL), (TRIALS, TRIAL), (SURVEYS, SURVEY), (CHALLENGES, CHALLENGE)]


def brings(
    store: Store, filing: Filing, *files: Wanted, broken: Collection[str] = ()
) -> list[Frozen]:
    return store.do(lambda uow: filing.bring_in(uow, files, broken=broken))


def row(store: Store, filing: Filing) -> tuple[object, ...]:
    rows = store.do(lambda uow: uow.run(Statement(f"SELECT state, title FROM {filing.table}")))
    return tuple(rows[0])


@pytest.mark.parametrize(("filing", "said"), ALL, ids=[filing.table for filing, _ in ALL])
def test_a_row_follows_its_file_goes_with_it_and_comes_back(
    store_on_both: Store, filing: Filing, said: Mapping[str, object]
) -> None:
    store = store_on_both
    file = replace(FILE, title="二", revision="r2")
    for each in (FILE, FILE, file):
        assert brings(store, filing, (each, said)) == []
        assert row(store, filing) == (filing.first, each.title)
    assert brings(store, filing, broken={"x/a.md"}) == []
    assert row(store, filing) == (filing.first, "二")
    assert brings(store, filing, broken={"old/x/a.md"}) == []
    assert row(store, filing) == ("withdrawn", "二")
    brings(store, filing, (file, said))
    assert row(store, filing) == (filing.first, "二")


@pytest.mark.parametrize(("filing", "said"), ALL, ids=[filing.table for filing, _ in ALL])
def test_once_it_is_taken_only_its_words_follow(
    store_on_both: Store, filing: Filing, said: Mapping[str, object]
) -> None:
    brings(store_on_both, filing, (FILE, said))
    taken = replace(filing, taken="1 = 1")
    words, terms = replace(FILE, title="二", revision="r2"), replace(FILE, revision="r3")
    assert brings(store_on_both, taken, (words, said)) == []
    assert row(store_on_both, filing) == (filing.first, "二")
    other = {**said, filing.terms[0]: 9 if isinstance(said[filing.terms[0]], int) else "[9]"}
    assert brings(store_on_both, taken, (terms, other)) == [Frozen("x/a.md", "一", "r3")]
    gone = Frozen("x/a.md", "一", "gone", "gone")
    assert brings(store_on_both, taken) == [gone]


def test_what_somebody_takes_part_in_keeps_its_terms_and_outlives_its_file(
    store_on_both: Store,
) -> None:
    store = store_on_both
    brings(store, SURVEYS, (FILE, SURVEY))
    store.do(lambda uow: uow.run(Statement("UPDATE surveys SET state = 'sent'")))
    words = replace(FILE, title="二", revision="r2")
    assert brings(store, SURVEYS, (words, SURVEY)) == []
    terms, other = replace(FILE, revision="r3"), {**SURVEY, "anonymous": 1}
    frozen = Frozen("x/a.md", "一", "r3")
    assert brings(store, SURVEYS, (terms, other)) == [frozen]
    gone = Frozen("x/a.md", "一", "gone", "gone")
    assert brings(store, SURVEYS) == [gone]
    assert row(store, SURVEYS) == ("sent", "一")


def test_a_file_that_can_not_be_followed_changes_nothing(store: Store) -> None:
    unmet = Frozen("x/a.md", "一", "r1", "unmet")
    assert brings(store, CHALLENGES, (FILE, None)) == [unmet]
    brings(store, CHALLENGES, (FILE, CHALLENGE))
    assert brings(store, CHALLENGES, (FILE, None)) == []
    assert row(store, CHALLENGES) == ("open", "一")


_HER = Statement("INSERT INTO members (created_at, joined_at) VALUES (0, 0) RETURNING id")
_BALLOT = Statement(
    "INSERT INTO ballots (poll_id, member_id, choices, tier, paid, first_at, at)"
    " VALUES (1, :member, '1', '', 0, 0, 0)"
)
_WAITS = Statement("SELECT count(*) FROM pg_locks WHERE NOT granted")


def votes(uow: UnitOfWork) -> None:
    reads.held(uow, 1)
    [[her]] = uow.run(_HER)
    uow.run(_BALLOT, member=her)


@contextmanager
def meanwhile(store: Store, *files: Wanted) -> Iterator[Future[list[Frozen]]]:
    """Let files be brought in by another replica, which waits for what happens here."""
    with ThreadPoolExecutor(1) as elsewhere:
        with store.unit() as uow:
            votes(uow)
            brought = elsewhere.submit(brings, store, POLLS, *files)
            while not brought.done() and uow.run(_WAITS) == [(0,)]:
                pass
        yield brought


@pytest.fixture
def shared(postgres: str, tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path, postgres)
    brings(store, POLLS, (FILE, POLL))
    yield store
    store.close()


@pytest.mark.postgres
@pytest.mark.timeout(20)
def test_terms_stand_still_from_the_vote_on_that_comes_while_a_file_is_brought_in(
    shared: Store,
) -> None:
    with meanwhile(shared, (replace(FILE, revision="r2"), {**POLL, "options": "[9]"})) as brought:
        assert brought.result() == [Frozen("x/a.md", "一", "r2")]


@pytest.mark.postgres
@pytest.mark.timeout(20)
def test_a_file_that_goes_while_somebody_votes_takes_no_poll_along(
    shared: Store,
) -> None:
    with meanwhile(shared) as brought:
        assert brought.result() == [Frozen("x/a.md", "一", "gone", "gone")]
