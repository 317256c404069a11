"""What a case goes through, and how it goes over when two members turn out to be one."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons import cases
from bot.commons.cases.finding import ENDED
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.lives import KEFU, MP, born, everything, join, part
from tests.kit.rooms import NOON, Store

NUMBERS = count(1)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(Store(tmp_path_factory.mktemp("cases"))) as store:
        yield store


def concern(
    member: MemberId, key: str = "1", kind: cases.Kind = cases.Kind.COMPLAINT, severity: int = 2
) -> cases.Concern:
    return cases.Concern(
        member, kind, severity, ["破洞"], NOON, KEFU, "", "amei", key, words="破了"
    )


def opened(uow: UnitOfWork, member: MemberId, key: str = "1") -> cases.Case:
    return cases.open_case(uow, concern(member, key)).case


def test_one_case_is_open_and_what_comes_later_joins_it(store: Store) -> None:
    with store.unit() as uow:
        amei = born(uow, "amei")
        first = cases.open_case(uow, concern(amei))
        again = cases.open_case(uow, concern(amei, "2", cases.Kind.SAFETY, 3))
        same = cases.open_case(uow, concern(amei, "2", cases.Kind.SAFETY, 3))

    assert (first.is_new, again.is_new, again.is_graver, same.is_graver) == (
        True,
        False,
        True,
        False,
    )
    assert again.case.kind is cases.Kind.SAFETY
    with store.unit() as uow:
        assert len(cases.evidence_of(uow, first.case.id)) == 2
        assert [step.what for step in cases.steps_of(uow, first.case.id)] == ["opened", "joined"]


@pytest.mark.parametrize(
    ("end", "code", "kind", "severity"),
    [
        (cases.resolve, cases.Ending.SOLVED, cases.Kind.COMPLAINT, 2),
        (cases.resolve, cases.Ending.FALSE_ALARM, cases.Kind.PICTURE, 0),
        (cases.close, cases.Ending.SOLVED, cases.Kind.PICTURE, 0),
    ],
    ids=["what-it-was", "it-was-nothing", "it-is-closed"],
)
def test_a_picture_after_a_complaint_is_of_the_complaint_unless_that_is_over(
    store: Store,
    end: Callable[..., cases.Case],
    code: cases.Ending,
    kind: cases.Kind,
    severity: int,
) -> None:
    with store.unit() as uow:
        amei = born(uow, "amei")
        case = opened(uow, amei)
        end(uow, case.id, who="lisi", code=code)
        again = cases.open_case(uow, concern(amei, "2", cases.Kind.PICTURE, 0))

    assert again.is_new
    assert (again.case.id, again.case.kind, again.case.severity) == (case.id, kind, severity)


def test_only_one_advisor_takes_it(store: Store) -> None:
    with store.unit() as uow:
        case = opened(uow, born(uow, "amei"))
        cases.assign(uow, case.id, "Lisi", who="bot", why="routed")
        assert cases.accept(uow, case.id, "LISI").advisor == "lisi"
        assert cases.accept(uow, case.id, "lisi").state is cases.State.ACCEPTED
        with pytest.raises(cases.Taken) as refused:
            cases.accept(uow, case.id, "wangfang")

    assert refused.value.advisor == "lisi"


def test_whose_turn_it_is_goes_to_and_fro(store: Store) -> None:
    with store.unit() as uow:
        amei = born(uow, "amei")
        case = opened(uow, amei)
        at = NOON + timedelta(minutes=5)
        assert cases.answered(uow, case.id, "lisi", at).state is cases.State.WAITING
        assert cases.heard(uow, amei, at + timedelta(minutes=1)) == case.id
        now = cases.get(uow, case.id)
        assert now is not None
        assert (now.state, now.answered_at) == (cases.State.ACCEPTED, at)
        cases.answered(uow, case.id, "lisi", at + timedelta(minutes=2))
        now = cases.get(uow, case.id)
        assert now is not None
        assert now.answered_at == at, "the first answer keeps its time"


def test_what_ended_is_not_worked_on(store: Store) -> None:
    with store.unit() as uow:
        case = opened(uow, born(uow, "amei"))
        cases.close(uow, case.id, who="lisi", code=cases.Ending.SOLVED)
        with pytest.raises(cases.NoCase):
            cases.accept(uow, case.id, "lisi")
        with pytest.raises(cases.NoCase):
            cases.assign(uow, case.id, "lisi", who="bot", why="routed")
        with pytest.raises(cases.NoCase):
            cases.answered(uow, case.id, "lisi", NOON)
        with pytest.raises(cases.NoCase):
            cases.close(uow, case.id, who="lisi", code=cases.Ending.SOLVED)


@pytest.mark.parametrize(("seconds", "same"), [(-1, True), (1, False)])
def test_within_a_week_the_closed_case_goes_on(store: Store, seconds: int, *, same: bool) -> None:
    with store.unit() as uow:
        amei = born(uow, "amei")
        case = opened(uow, amei)
        cases.close(uow, case.id, who="lisi", code=cases.Ending.SOLVED)
        store.clock.tick(days=7, seconds=seconds)
        again = cases.open_case(uow, concern(amei, "2"))

    assert again.is_new
    assert (again.case.id == case.id) is same


def test_a_promise_is_kept_or_broken_by_when_a_human_writes(store: Store) -> None:
    with store.unit() as uow:
        case = opened(uow, born(uow, "amei"))
        due = NOON + timedelta(hours=1)
        cases.promise(uow, case, what=cases.ANSWER, who="bot", due_at=due)
        assert cases.due_promises(uow, due - timedelta(seconds=1)) == []
        assert len(cases.due_promises(uow, due)) == 1
        cases.human_has_written(uow, case, due + timedelta(seconds=1))
        [promise] = cases.promises_of(uow, case.id)
        assert not promise.is_kept
        assert cases.due_promises(uow, due + timedelta(days=9)) == []


def test_what_comes_late_waits_for_an_answer_too(store: Store) -> None:
    with store.unit() as uow:
        amei = born(uow, "amei")
        case = opened(uow, amei)
        cases.answered(uow, case.id, "lisi", NOON)
        assert cases.heard(uow, amei, NOON - timedelta(seconds=2)) == case.id
        found = cases.get(uow, case.id)
        assert found is not None
        assert (found.state, found.heard_at) == (cases.State.ACCEPTED, NOON)


def test_what_has_ended_lately_is_found_without_a_look_at_all_that_ever_did(
    store: Store,
) -> None:
    with store.unit() as uow:
        for who, how in (("amei", cases.resolve), ("lily", cases.close), ("chun", None)):
            case = opened(uow, born(uow, who))
            if how:
                how(uow, case.id, who="lisi", code=cases.Ending.SOLVED)
        day = timedelta(days=1)
        found = cases.ended(uow, NOON - day, NOON + day)
        values = {"since": 1, "until": 2, "most": 5}
        plan = uow.run(Statement(f"EXPLAIN QUERY PLAN {ENDED.sql}"), **values)

    assert {one.state for one in found} == {cases.State.CLOSED, cases.State.RESOLVED}
    assert "ix_cases_closed_at" in str([*map(tuple, plan)])


@given(st.booleans(), st.booleans(), st.booleans())
def test_cases_go_over_and_come_back(ground: Store, hers: bool, gone: bool, ended: bool) -> None:  # noqa: FBT001 - drawn
    with ground.unit() as uow:
        amei, lily = (born(uow, f"m{next(NUMBERS)}", door) for door in (KEFU, MP))
        for member, has in ((amei, hers), (lily, gone)):
            if has:
                case = opened(uow, member)
                if ended and member == lily:
                    cases.close(uow, case.id, who="lisi", code=cases.Ending.SOLVED)
        before = everything(uow, but=frozenset({"merges", "audit"}))
        merge = join(uow, amei, lily)
        together = cases.of_member(uow, amei)
        assert len(together) == hers + gone
        assert sum(case.state is not cases.State.CLOSED for case in together) <= 1
        part(uow, merge)

        assert everything(uow, but=frozenset({"merges", "audit"})) == before


@given(
    *(st.sampled_from([*cases.Kind]) for _ in "ab"),
    *(st.integers(0, 3) for _ in "ab"),
    *(st.booleans() for _ in "ab"),
)
def test_of_two_open_cases_the_one_that_needs_a_human_more_goes_on(  # noqa: PLR0917 - drawn
    ground: Store,
    kind: cases.Kind,
    other: cases.Kind,
    severity: int,
    others: int,
    over: bool,  # noqa: FBT001 - drawn
    other_over: bool,  # noqa: FBT001 - drawn
) -> None:
    with ground.unit() as uow:
        amei, lily = (born(uow, f"m{next(NUMBERS)}", door) for door in (KEFU, MP))
        for member, what, is_over in (
            (amei, (kind, severity), over),
            (lily, (other, others), other_over),
        ):
            case = cases.open_case(uow, concern(member, "1", *what)).case
            if is_over:
                cases.resolve(uow, case.id, who="lisi", code=cases.Ending.SOLVED)
        before = everything(uow, but=frozenset({"merges", "audit"}))
        merge = join(uow, amei, lily)
        found = cases.open_of(uow, amei)
        assert found is not None
        assert found.state.is_with_humans is not (over and other_over)
        waiting = [
            one
            for one, is_over in (((kind, severity), over), ((other, others), other_over))
            if not is_over
        ]
        if waiting:
            assert found.kind.rank == max(each.rank for each, _ in waiting)
            assert found.severity == max(grave for _, grave in waiting)
        part(uow, merge)

        assert everything(uow, but=frozenset({"merges", "audit"})) == before
