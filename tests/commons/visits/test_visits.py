"""Sessions, links that open once and forms that act once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.commons import members, visits
from bot.commons.visits.service import ACTS_KEPT, IDLE, MOST_SESSIONS, TOUCH_EVERY
from bot.kernel.events import MemberProven
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.visiting import Alias, Outcome, Proven
from bot.kernel.work import UnitOfWork
from tests.kit.lives import join
from tests.kit.rooms import Store

KEFU, GROUPS = ChannelName("kefu"), ChannelName("customer_groups")
AMEI = Proven((Alias(KEFU, "wmAmei"), Alias(GROUPS, "wmAmei")), "uAmei")


def known(store: Store, channel: ChannelName = KEFU, identity: str = "wmAmei") -> MemberId:
    return store.do(lambda uow: members.resolve(uow, channel, identity, uow.clock.now()))


def opened(store: Store, member: MemberId, token: str, browser: str) -> str | None:
    until = store.clock.now() + timedelta(hours=1)
    return store.do(lambda uow: visits.open_link(uow, token, member, until=until, browser=browser))


def test_a_stranger_is_let_in_only_after_she_agreed(store_on_both: Store) -> None:
    store = store_on_both
    assert store.do(lambda uow: visits.enter(uow, AMEI)) is None
    secret = store.do(lambda uow: visits.agree(uow, AMEI, wording="1"))
    guest = store.do(lambda uow: visits.find_session(uow, secret))

    assert guest is not None
    assert guest.member == known(store)
    assert store.do(lambda uow: visits.enter(uow, AMEI)) is not None
    assert store.count("page_consents") == 1


def test_whoever_is_known_by_any_of_her_names_is_let_in(store_on_both: Store) -> None:
    amei = known(store_on_both, GROUPS)
    secret = store_on_both.do(lambda uow: visits.enter(uow, AMEI))

    assert secret is not None
    guest = store_on_both.do(lambda uow: visits.find_session(uow, secret))
    assert guest is not None
    assert guest.member == amei


def test_the_house_hears_what_the_platform_said(store: Store) -> None:
    amei = known(store)

    def enter(uow: UnitOfWork) -> list[object]:
        visits.enter(uow, AMEI)
        return list(uow.events)

    assert store.do(enter) == [MemberProven(amei, ((KEFU, "wmAmei"), (GROUPS, "wmAmei")), "uAmei")]


def test_a_link_opens_in_one_browser_again_and_again_and_in_no_other(store_on_both: Store) -> None:
    amei = known(store_on_both)

    assert opened(store_on_both, amei, "t", "one")
    assert opened(store_on_both, amei, "t", "two") is None
    assert opened(store_on_both, amei, "t", "one")
    assert store_on_both.do(lambda uow: visits.is_spent(uow, "t"))
    assert not store_on_both.do(lambda uow: visits.is_spent(uow, "T"))


def test_of_many_browsers_at_once_one_opens_a_link(store_on_both: Store) -> None:
    amei = known(store_on_both)
    with ThreadPoolExecutor(8) as hands:
        secrets = list(
            hands.map(lambda n: opened(store_on_both, amei, "t", f"browser {n}"), range(8))
        )

    assert sum(secret is not None for secret in secrets) == 1


def test_a_link_of_somebody_gone_opens_nothing(store_on_both: Store) -> None:
    assert opened(store_on_both, MemberId(404), "t", "one") is None
    assert store_on_both.count("opened_links") == 0


def test_a_form_acts_once_and_tells_the_same(store_on_both: Store) -> None:
    store, amei, eve = store_on_both, known(store_on_both), known(store_on_both, KEFU, "wmEve")

    assert store.do(lambda uow: visits.begin(uow, amei, "k"))
    store.do(lambda uow: visits.finish(uow, amei, "k", Outcome("好了", refused=True)))
    assert not store.do(lambda uow: visits.begin(uow, amei, "k"))
    assert store.do(lambda uow: visits.begin(uow, eve, "k"))
    assert store.do(lambda uow: visits.outcome(uow, amei, "k")) == Outcome("好了", refused=True)
    assert store.do(lambda uow: visits.outcome(uow, eve, "k")) is None


def test_a_form_that_was_under_way_during_a_merge_acts_for_who_she_is_now(
    store_on_both: Store,
) -> None:
    store, amei, other = store_on_both, known(store_on_both), known(store_on_both, GROUPS)
    with store.unit() as uow:
        join(uow, amei, other)

    assert store.do(lambda uow: visits.begin(uow, other, "k")) == amei
    assert store.do(lambda uow: visits.begin(uow, other, "k")) is None


def test_a_form_of_somebody_who_was_just_erased_does_nothing(store_on_both: Store) -> None:
    assert not store_on_both.do(lambda uow: visits.begin(uow, MemberId(404), "k"))


def test_a_session_that_is_used_is_written_down_now_and_then(store_on_both: Store) -> None:
    store = store_on_both
    secret = opened(store, known(store), "t", "one")
    assert secret
    store.clock.at += TOUCH_EVERY + timedelta(seconds=1)
    guest = store.do(lambda uow: visits.find_session(uow, secret))
    assert guest is not None
    assert guest.stale
    store.do(lambda uow: visits.touch_session(uow, secret))
    store.clock.at += IDLE - timedelta(seconds=1)
    assert store.do(lambda uow: visits.find_session(uow, secret))


def test_what_is_over_is_forgotten_and_the_rest_stays(store_on_both: Store) -> None:
    store, amei = store_on_both, known(store_on_both)
    opened(store, amei, "old", "one")
    store.do(lambda uow: visits.begin(uow, amei, "old"))
    store.do(lambda uow: visits.agree(uow, Proven((Alias(KEFU, "wmNew"),)), wording="1"))
    store.clock.at += max(IDLE, ACTS_KEPT) + timedelta(seconds=1)
    secret = opened(store, amei, "new", "one")
    store.do(lambda uow: visits.begin(uow, amei, "new"))
    store.do(visits.forget_old)

    assert secret
    assert store.do(lambda uow: visits.find_session(uow, secret))
    for table in ("member_sessions", "opened_links", "page_acts", "page_consents"):
        assert store.count(table) == 1, table


def test_nobody_has_more_sessions_than_fit(store_on_both: Store) -> None:
    store, amei = store_on_both, known(store_on_both)
    for number in range(MOST_SESSIONS + 3):
        store.clock.at += timedelta(seconds=1)
        opened(store, amei, f"t{number}", "one")

    assert store.count("member_sessions") == MOST_SESSIONS
