"""Several replicas on PostgreSQL: one referrer, no loop, one coupon of each, one tier."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.features import referral
from bot.features.referral import service
from bot.features.referral.rules import ReferralSettings
from bot.kernel.work import UnitOfWork
from tests.features.referral.conftest import Village
from tests.kit.desk import Desk
from tests.kit.rooms import Store

pytestmark = pytest.mark.postgres


def test_codes_and_coupons_at_once(postgres: str, tmp_path: Path) -> None:
    village = Village(Store(tmp_path, postgres), Desk(tmp_path))
    people = ["a", "b", "c"]
    codes = {who: village.code(who) for who in people}
    ids = {who: village.member(who) for who in people}

    def naming(pair: tuple[str, str]) -> bool:
        def bind(uow: UnitOfWork) -> bool:
            friend, at = ids[pair[0]], village.clock.now()
            return service.bind(uow, friend, codes[pair[1]], at, ReferralSettings()).is_new

        return village.store.do(bind)

    with ThreadPoolExecutor(6) as threads:
        loops = [("a", "b"), ("b", "a")] * 10
        assert sum(threads.map(naming, loops)) == 1
        assert sum(threads.map(naming, [("c", "a"), ("c", "b")] * 10)) == 1
    friends = [f"f{number}" for number in range(4)]
    for who in friends:
        village.names(who, "star")
    for who in friends:
        village.order(who, f"o-{who}")

    def settling(_: int) -> None:
        [job] = referral.feature.jobs
        village.store.do(lambda uow: job.run(uow, village.tools))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(settling, range(12)))
    assert village.store.count("referrals WHERE state = 'granted'") == 4
    assert village.store.count("coupons WHERE kind = 'friend50'") == 8
    assert village.store.count("coupons WHERE kind = 'warranty'") == 1
    village.store.close()
