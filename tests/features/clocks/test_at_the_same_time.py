"""Two replicas look at the same time, on PostgreSQL: each thing is done by one of them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from bot.commons.cases import Kind
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.desk import Desk
from tests.kit.rooms import Store
from tests.kit.ward import Ward, moment

AT_ONCE = 4


def test_a_whole_case_on_both(store_on_both: Store, tmp_path: Path) -> None:
    ward = Ward(store_on_both, Desk(tmp_path))
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.promises(case, moment("24 11:30"))
    ward.travels(moment("24 10:31"))
    ward.answers(case)
    ward.writes(case)
    ward.opens("amei", Kind.SAFETY, 3)
    ward.travels(moment("24 11:59"))
    ward.resolves(case)

    assert ward.clocks(case) == {}
    assert ("first", "deputy") in [one[:2] for one in ward.escalated()]
    assert "broken promise 1" in ward.steps(case)


def _does(sql: str, uow: UnitOfWork) -> None:
    uow.run(Statement(sql))


@pytest.mark.postgres
def test_sweeps_at_once_ring_and_mend_once(postgres: str, tmp_path: Path) -> None:
    store = Store(tmp_path, postgres)
    ward = Ward(store, Desk(tmp_path))
    ward.at("24 10:00")
    found = [ward.opens(f"m{n}", Kind.COMPLAINT, 2) for n in range(12)]
    for sql in (
        "DELETE FROM case_clocks WHERE timer = 'resolve'",
        "DELETE FROM conversation_owners",
    ):
        store.do(partial(_does, sql))
    ward.at("24 10:16")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for done in [threads.submit(ward.sweeps) for _ in range(AT_ONCE)]:
            done.result()

    for case in found:
        assert Counter(ward.steps(case, "warned", "escalated", "mended")) == {
            "warned first 100": 1,
            f"escalated first deputy {ward.case(case).advisor}": 1,
            "mended clock resolve": 1,
            "mended owner_lost": 1,
        }
    assert len(ward.escalated()) == len(found)
    store.close()
