"""Each type gets its own: a coupon, a sample, an advisor's call, something to read."""

import pytest

from bot.commons import cases, outreach
from bot.commons.cases import Kind
from bot.commons.outreach import Hushed
from bot.commons.ratings import About
from tests.features.recall.conftest import Shop


def test_price_gets_a_coupon_with_its_code(both: Shop) -> None:
    both.likes_prices("amei")
    both.starts()
    [letter] = both.day()
    [coupon] = both.coupons("amei")
    assert coupon.kind == "over-300"
    assert letter.splitlines() == [
        "你好，好久不见。",
        "",
        f"送你“满 300 减 50”，用到 9 月 23 日，券码 {coupon.code}。",
        "不想收到就发“退订”。",
    ]
    assert both.rows("type, told, by_hand") == [("price", "queued", 0)]


def test_quality_gets_a_sample(both: Shop) -> None:
    both.likes_goods("amei")
    both.starts()
    [letter] = both.day()
    assert [one.kind for one in both.coupons("amei")] == ["sample"]
    assert "送你“羊毛护理体验装”" in letter


def test_service_gets_a_human_and_no_advert(both: Shop) -> None:
    both.had_trouble("amei")
    both.starts()
    assert both.day() == []
    assert both.coupons("amei") == []
    assert both.rows("kind, why, what, advisor, state", "followups") == [
        ("call", "recall", "问问朋友好不好。", "", "open")
    ]
    assert both.rows("told, offer") == [("task", "问问朋友好不好。")]
    both.bought("amei", ("socks", 3_000), ago=0)
    assert both.rows("state", "followups") == [("dropped",)]


def test_who_wants_no_calls_is_to_be_written_to_by_whom_she_knows(both: Shop) -> None:
    both.had_trouble("amei")
    her, case = both.member("amei"), both.opens("amei", Kind.VALUE, ago=70)
    with both.store.unit() as uow:
        outreach.hush(uow, her, Hushed.CALLS)
        cases.assign(uow, case, "LiSi", who="bot", why="routed")
        cases.accept(uow, case, "LiSi")
        cases.answered(uow, case, "LiSi", uow.clock.now())
        cases.resolve(uow, case, who="lisi", code=cases.Ending.ANSWERED)
        cases.close(uow, case, who="lisi", code=cases.Ending.ANSWERED)
    both.starts()
    both.day()
    assert both.rows("kind, advisor", "followups") == [("message", "lisi")]


def test_unknown_gets_something_to_read(both: Shop) -> None:
    both.bought("amei", ("socks", 3_000), ago=60)
    both.starts()
    [letter] = both.day()
    assert both.coupons("amei") == []
    assert letter.splitlines() == ["也许用得上：", "", "毛衣这样洗。", "", "不想收到就发“退订”。"]


def test_pictures_of_the_file_follow_its_words(shop: Shop) -> None:
    shop.desk.write("media/a.png", b"x")
    shop.desk.post("posts/wool.md", "毛衣这样洗。", 'media = ["a.png"]\n')
    shop.looks()
    shop.bought("amei", ("socks", 3_000), ago=60)
    shop.starts()
    words, picture = shop.day()
    assert ("毛衣这样洗。" in words, picture) == (True, "image")
    assert shop.day() == []


@pytest.mark.parametrize("table", ["price", "quality", "service", "unknown"])
def test_a_type_without_a_table_gets_nothing_and_the_page_says_so(shop: Shop, table: str) -> None:
    only = {
        "price": '[price]\ncoupon = "over-300"\ntext = "x"\n',
        "quality": '[quality]\ncoupon = "sample"\ntext = "x"\n',
        "service": '[service]\ntext = "x"\n',
        "unknown": '[unknown]\ncontent = "posts/wool.md"\n',
    }
    shop.writes("recall.toml", only[table])
    shop.likes_prices("price")
    shop.likes_goods("quality")
    shop.had_trouble("service")
    shop.bought("unknown", ("socks", 3_000), ago=60)
    shop.starts()
    shop.day()
    assert shop.rows("type") == [(table,)]
    assert shop.page("recall").count("没有配，不发") == 3


def test_a_file_that_may_not_go_out_today_is_not_sent(shop: Shop) -> None:
    shop.desk.post("posts/wool.md", "毛衣这样洗。", "valid_from = 2026-09-01\n")
    shop.looks()
    shop.bought("amei", ("socks", 3_000), ago=60)
    shop.starts()
    assert shop.day() == []
    assert "今天发不了" in shop.page("recall")
    shop.passes(days=10)
    assert len(shop.day()) == 1


def test_a_kind_of_coupon_that_is_gone_is_not_sent(shop: Shop) -> None:
    shop.likes_prices("amei")
    shop.starts()
    shop.writes("coupons.toml", "")
    assert shop.day() == []
    assert "今天发不了" in shop.page("recall")


@pytest.mark.parametrize(("last", "letters"), [("2026-08-23", 0), ("2026-08-24", 1)])
def test_a_coupon_whose_last_day_is_over_is_not_sent(shop: Shop, last: str, letters: int) -> None:
    kind = '[[coupon]]\nname = "over-300"\ntitle = "x"\nface_fen = 1\nvalid_until = '
    shop.writes("coupons.toml", kind + last)
    shop.likes_prices("amei")
    shop.starts()
    assert len(shop.day()) == len(shop.coupons("amei")) == letters


def test_a_file_of_pictures_alone_is_called_by_its_name(shop: Shop) -> None:
    shop.desk.write("media/a.png", b"x")
    shop.desk.post("posts/wool.md", "", 'title = "洗毛衣"\nmedia = ["a.png"]\n')
    shop.writes("recall.toml", '[unknown]\ncontent = "posts/wool.md"\n')
    shop.bought("amei", ("socks", 3_000), ago=60)
    shop.starts()
    assert shop.day() == ["洗毛衣\n不想收到就发“退订”。", "image"]


def test_a_broken_file_sends_nothing_until_it_is_mended(shop: Shop) -> None:
    shop.likes_prices("amei")
    shop.starts()
    shop.writes("recall.toml", "[pricy]\n")
    assert shop.day() == []
    assert "recall.toml 第 1 行有不认识的键" in shop.page("recall")


def test_nothing_can_be_started_without_a_file(shop: Shop) -> None:
    shop.writes("recall.toml", "")
    assert shop.operates("recall", "start").startswith("✗ 没有开始")
    assert "还没有能发的" in shop.page("recall")


def test_what_a_person_knows_beats_what_is_derived_until_it_is_taken_back(both: Shop) -> None:
    both.likes_prices("amei")
    both.likes_prices("lily")
    amei, lily = (str(both.member(who)) for who in ("amei", "lily"))
    for her in (amei, lily):
        said = both.operates("recall", "set-type", member=her, type="quality", why="她在意料子")
        assert said == "记下了：看重品质。"
    assert "撤销了" in both.operates("recall", "unset-type", member=lily)
    assert both.operates("recall", "unset-type", member=lily).startswith("✗ 没有人工改过")
    both.starts()
    both.day()
    assert [one.kind for one in both.coupons("amei")] == ["sample"]
    assert [one.kind for one in both.coupons("lily")] == ["over-300"]
    assert both.rows("member_id, type, by_hand")[0] in {
        (int(amei), "quality", 1),
        (int(lily), "price", 0),
    }
    assert ("lin", "recall.type_quality") in both.store.audited()
    assert ("lin", "recall.type_derived") in both.store.audited()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"why": " "}, "请写原因"),
        ({"why": "很" * 201}, "最多 200 个字"),
        ({"type": "cheap"}, "请选一种类型"),
        ({"member": "99"}, "没有这位会员"),
        ({"member": "1e9"}, "没有这位会员"),
        ({"member": str(2**70)}, "没有这位会员"),
    ],
)
def test_a_wrong_form_changes_nothing(shop: Shop, form: dict[str, str], said: str) -> None:
    right = {"member": str(shop.member("amei")), "type": "price", "why": "x"}
    answer = shop.operates("recall", "set-type", **right | form)
    assert answer.startswith("✗")
    assert said in answer
    assert shop.store.count("recall_types") == 0


def test_coupons_and_old_facts(both: Shop) -> None:
    both.bought("amei", ("coat", 100_000), ago=90, number="A1")
    both.bought("amei", ("coat", 100_000), ("scarf", 20_000), ago=60, number="A2")
    assert both.type_of("amei") == "quality"
    both.uses_coupon("amei", "A1", reason="recall")  # our own wish
    both.uses_coupon("amei", "B7")
    assert both.type_of("amei") == "quality"
    both.uses_coupon("amei", "A2")
    assert both.type_of("amei") == "price"
    both.says_about("amei", About.EXPERIENCE, ago=20)
    both.says_about("amei", About.UNSURE, ago=20)
    both.says_about("amei", About.SERVICE, ago=20)
    both.says_about("amei", About.SERVICE, ago=400)
    assert both.type_of("amei") == "price"
    both.scores("amei", 3, ago=20)
    assert both.type_of("amei") == "price"
    both.scores("amei", 2, ago=20)
    assert both.type_of("amei") == "service"
    both.passes(days=400)
    assert both.type_of("amei") == "unknown"


def test_a_coupon_without_a_number_belongs_to_the_order_of_its_day(shop: Shop) -> None:
    shop.bought("amei", ("coat", 100_000), ("coat", 100_000), ago=0.01)
    shop.uses_coupon("amei")
    shop.bought("amei", ("coat", 100_000), ago=0)
    shop.passes(days=60)
    assert shop.type_of("amei") == "price"


def test_a_case_that_was_none_is_no_fault_of_ours(shop: Shop) -> None:
    shop.bought("amei", ("socks", 3_000), ago=60)
    for ago, code in ((90, cases.Ending.FALSE_ALARM), (70, cases.Ending.SOLVED)):
        case = shop.opens("amei", Kind.COMPLAINT, ago=ago)
        with shop.store.unit() as uow:
            cases.resolve(uow, case, who="lisi", code=code)
            cases.close(uow, case, who="lisi", code=code)
        shop.passes(days=8)
    assert shop.type_of("amei") == "unknown"
    shop.scores("amei", 1, ago=3)
    assert shop.type_of("amei") == "service"
    shop.passes(days=310)  # the case is over a year old, the rating is not
    assert shop.type_of("amei") == "unknown"
