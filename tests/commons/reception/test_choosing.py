"""Whom a member is given to follows from what is known of her."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import cases, customers, members, orders
from bot.commons.cases import Ending, Kind
from bot.commons.orders import Order
from bot.commons.profiles import Ref
from bot.kernel.community import Advisor, Advisors, Tiers
from bot.kernel.ids import MemberId
from bot.kernel.reception import Duty
from bot.kernel.work import UnitOfWork
from tests.kit.desk import Desk
from tests.kit.rooms import Store
from tests.kit.ward import PHONE, ROSTER, Ward

NAMES = ("lisi", "wangwu", "chen")
GUIDE = f'{ROSTER}[[advisor]]\nuserid = "chen"\nguides_newcomers = true\n'


def asked(ward: Ward, who: str, kind: Kind = Kind.HUMAN) -> str:
    """Let somebody be in need; return who is asked to take it."""
    return ward.case(ward.opens(who, kind)).advisor


def serves(ward: Ward, who: str, advisor: str) -> int:
    """Let an advisor serve a member to the end."""
    number = ward.opens(who)
    ward.assign(number, advisor)
    ward.accepts(number)
    ward.answers(number)
    ward.resolves(number)
    return number


def befriends(ward: Ward, who: str, advisor: str) -> None:
    """Let a member and an advisor be friends in WeCom."""
    ward.member(who)
    at = ward.clock.now()
    ward.do(lambda uow: customers.befriended(uow, PHONE, who, advisor, at))


@pytest.mark.parametrize("advisor", NAMES)
def test_whose_friend_she_is_is_asked(ward: Ward, advisor: str) -> None:
    ward.at("24 10:00")
    befriends(ward, "amei", advisor)

    assert asked(ward, "amei") == advisor


def test_her_own_advisors_deputy_is_asked_while_she_is_away(ward: Ward) -> None:
    ward.at("24 10:00")
    for who in ("amei", "xiaoyu", "lily"):
        befriends(ward, who, "lisi")
    ward.says("lisi", Duty.OFF)

    assert {asked(ward, who) for who in ("amei", "xiaoyu", "lily")} == {"chen"}


@pytest.mark.parametrize("advisor", NAMES)
def test_who_served_her_last_is_asked_before_her_own(ward: Ward, advisor: str) -> None:
    ward.at("24 10:00")
    befriends(ward, "amei", next(one for one in NAMES if one != advisor))
    number = serves(ward, "amei", advisor)
    ward.do(lambda uow: cases.close(uow, number, who=advisor, code=Ending.SOLVED))
    ward.store.clock.tick(days=8)

    assert asked(ward, "amei") == advisor


@pytest.mark.parametrize("advisor", NAMES)
def test_what_is_opened_again_goes_to_who_served_her(ward: Ward, advisor: str) -> None:
    ward.at("24 10:00")
    number = serves(ward, "amei", advisor)
    ward.at("24 11:00")

    assert asked(ward, "amei") == advisor
    assert ward.case(number).times_opened == 2


@pytest.mark.parametrize(("days", "guided"), [(90, True), (91, False)])
def test_newcomers_are_given_to_who_guides_them(ward: Ward, days: int, *, guided: bool) -> None:
    ward.write(GUIDE)
    paid_at = ward.at("24 10:00") - timedelta(days=days)
    people = {who: ward.member(who) for who in ("amei", "xiaoyu", "lily")}

    def buy(uow: UnitOfWork) -> None:
        for who, her in people.items():
            kept = orders.record(uow, Order("till", who, Ref("mp", who), paid_at, 9900))
            orders.claim(uow, [(kept.id, her)])

    ward.do(buy)

    assert ({asked(ward, who) for who in people} == {"chen"}) is guided


def test_valued_members_are_given_to_gold_advisors(ward: Ward) -> None:
    skills = ("complaint", "group_purchase")
    gold = Advisor("wangwu", "王顾问", skills, ("时光挚友",))
    ward.tools.add(Advisors, Advisors((Advisor("LiSi", "李顾问", skills), gold)))
    ward.at("24 10:00")
    people = ("amei", "xiaoyu", "lily")
    for who in people:
        her = ward.member(who)

        def raise_her(uow: UnitOfWork, her: MemberId = her) -> None:
            tiers = Tiers(("时光挚友",))
            members.set_tier(uow, her, "时光挚友", reason="6 单", who="lin", tiers=tiers)

        ward.do(raise_her)

    assert {asked(ward, who) for who in people} == {"wangwu"}
    assert asked(ward, "juan") == "lisi"


def test_what_takes_a_skill_is_given_to_who_has_it(ward: Ward) -> None:
    ward.tools.add(
        Advisors,
        Advisors(
            (
                Advisor("LiSi", "李顾问"),
                Advisor("wangwu", "王顾问", ("complaint",)),
                Advisor("chen", "陈顾问", ("group_purchase",)),
            )
        ),
    )
    ward.at("24 10:00")

    people = {
        Kind.COMPLAINT: ("amei", "xiaoyu"),
        Kind.SAFETY: ("lily", "azhen"),
        Kind.VALUE: ("juan", "lan"),
    }
    given = {kind: {asked(ward, who, kind) for who in whose} for kind, whose in people.items()}

    assert given == {Kind.COMPLAINT: {"wangwu"}, Kind.SAFETY: {"wangwu"}, Kind.VALUE: {"chen"}}


STYLIST = (Advisor("LiSi", "李顾问"), Advisor("wangwu", "王顾问", ("styling",)))


def styled(ward: Ward, words: str, kind: Kind = Kind.HUMAN) -> str:
    """Let somebody who was served by Li ask in these words; return who is asked to take it."""
    ward.at("24 10:00")
    number = serves(ward, "amei", "lisi")
    ward.do(lambda uow: cases.close(uow, number, who="lisi", code=Ending.SOLVED))
    ward.store.clock.tick(days=8)
    return ward.case(ward.opens("amei", kind, words=words)).advisor


@pytest.mark.parametrize(
    "words",
    [
        *("找造型师", "有搭配师吗，转人工", "我要找穿搭顾问", "叫个人帮我搭", "找人搭一套上班穿的"),
        *("形象顾问在吗", "請幫我找造型師", "想请人挑", "Stylist please"),
    ],
)
def test_who_wants_to_be_dressed_is_given_to_a_stylist(ward: Ward, words: str) -> None:
    ward.tools.add(Advisors, Advisors(STYLIST))

    assert styled(ward, words) == "wangwu"


@pytest.mark.parametrize(
    "words", ["转人工", "没人搭理我，转人工", "搭车怎么去，转人工", "送给挑剔的人，转人工"]
)
def test_other_words_are_not_taken_for_styling(ward: Ward, words: str) -> None:
    ward.tools.add(Advisors, Advisors(STYLIST))

    assert styled(ward, words) == "lisi"


def test_a_complaint_about_a_stylist_is_a_complaint(ward: Ward) -> None:
    ward.tools.add(Advisors, Advisors((Advisor("LiSi", "李顾问", ("complaint",)), STYLIST[1])))

    assert styled(ward, "造型师太凶，我要投诉", Kind.COMPLAINT) == "lisi"


def test_where_nobody_is_a_stylist_it_goes_as_it_always_goes(ward: Ward) -> None:
    ward.tools.add(Advisors, Advisors((STYLIST[0], Advisor("zhao", "赵店长"))))

    assert styled(ward, "找造型师") == "lisi"


def test_while_no_stylist_is_there_somebody_else_is_asked(ward: Ward) -> None:
    ward.tools.add(Advisors, Advisors(STYLIST))
    ward.at("24 10:00")
    ward.says("wangwu", Duty.OFF)

    assert ward.case(ward.opens("amei", words="找造型师")).advisor == "lisi"


def test_nobody_is_given_more_than_she_may_have_by_those_who_give_at_once(
    store_on_both: Store, tmp_path: Path
) -> None:
    few = "".join(f'[[advisor]]\nuserid = "{name}"\ncapacity = 3\n' for name in NAMES)
    ward = Ward(store_on_both, Desk(tmp_path), f'phone = "021-5555 0137"\n{few}')
    ward.at("24 10:00")
    crowd = [f"m{number}" for number in range(20)]
    for who in crowd:
        ward.member(who)

    with ThreadPoolExecutor(6) as replicas:
        given = Counter(replicas.map(lambda who: ward.case(ward.opens(who)).advisor, crowd))
    assert given == {**dict.fromkeys(NAMES, 3), "zhao": 8, "": 3}
