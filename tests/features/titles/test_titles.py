"""Titles are given with a reason and end by themselves; their holders propose events."""

import pytest

from bot.commons import outreach
from bot.commons.notices import recent
from bot.kernel.work import Statement
from tests.kit.market import Market

FILE = (
    '[[title]]\nname = "reader"\ntitle = "城市领读人"\nwords = "带大家读一本书"\n'
    'may_propose = true\n[[title]]\nname = "taster"\ntitle = "试味官"\n'
)
WALK = "提议活动 周六上午一起去公园读书"


@pytest.fixture
def reading(market: Market) -> Market:
    market.writes("titles.toml", FILE)
    return market


def gives(market: Market, title: str = "reader", **form: str) -> str:
    market.member("amei")
    asked = {"q": "simulator:amei", "title": title, "why": "读书会带得好", "until": ""} | form
    return market.operates("titles", "give", **asked)


def test_only_holders_may_propose_and_others_hear_who_may(reading: Market) -> None:
    assert "提议活动要有头衔：城市领读人" in reading.says("amei", WALK)[0]
    assert "现在是“试味官”" in gives(reading, "taster")
    assert "提议活动要有头衔" in reading.says("amei", WALK)[0]
    assert "现在是“城市领读人”" in gives(reading)
    assert "收到你提议的活动" in reading.says("amei", WALK)[0]
    assert reading.store.count("proposals") == 1
    [notice] = reading.store.do(recent)
    assert "有人提议一场活动" in notice.text


def test_without_such_a_title_nobody_can(market: Market) -> None:
    assert "现在还不能提议活动" in market.says("amei", WALK)[0]


@pytest.mark.parametrize("typed", ["提议活动", "提议活动 读书", f"提议活动 {'长' * 501}"])
def test_a_proposal_has_words(reading: Market, typed: str) -> None:
    gives(reading)
    assert "写 5 到 500 个字" in reading.says("amei", typed)[0]
    assert reading.store.count("proposals") == 0


def test_a_title_ends_after_its_last_day(reading: Market) -> None:
    gives(reading, until="2026-08-25")
    reading.store.clock.tick(days=1)
    assert "到 2026 年 8 月 25 日" in reading.says("amei", "我的头衔")[0]
    reading.store.clock.tick(hours=12)  # midnight
    assert "还没有头衔" in reading.says("amei", "我的头衔")[0]
    assert "提议活动要有头衔" in reading.says("amei", WALK)[0]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"why": " "}, "请写原因"),
        ({"q": "simulator:none"}, "没有找到这位会员"),
        ({"title": "king"}, "没有这个头衔"),
        ({"until": "2026-08-23"}, "到期日已经过了"),
        ({"until": "明天"}, "到期日看不懂"),
    ],
)
def test_a_wrong_form_gives_nothing(reading: Market, form: dict[str, str], said: str) -> None:
    assert said in gives(reading, **form)
    assert reading.store.count("titles_held") == 0


def test_who_gave_and_took_it_and_why_is_written_down(reading: Market) -> None:
    gives(reading, until="2026-12-31")
    assert "已经有这个头衔" in gives(reading)
    assert reading.operates("titles", "end", held="1", why="").startswith("✗ 请写原因")
    assert "收回" in reading.operates("titles", "end", held="1", why="搬走了")
    assert reading.operates("titles", "end", held="1", why="搬走了").startswith("✗ 已经处理过")
    audit = Statement("SELECT who, what, why FROM audit WHERE what LIKE 'titles.%' ORDER BY id")
    assert [tuple(row) for row in reading.store.do(lambda uow: uow.run(audit))] == [
        ("lin", "titles.given", "reader until 2026-12-31: 读书会带得好"),
        ("lin", "titles.ended", "reader: 搬走了"),
    ]


APPROVAL = {
    "proposal": "1",
    "title": "公园读书会",
    "starts_at": "2026-09-05T10:00",
    "place": "徐家汇公园",
    "capacity": "20",
    "reply": "我们准备场地",
}


def proposed(market: Market) -> None:
    gives(market)
    market.says("amei", WALK)


def test_approval_writes_a_salon_file_and_tells_her(reading: Market) -> None:
    proposed(reading)
    assert "周六上午一起去公园读书" in reading.page("titles")
    assert "content/salons/公园读书会.md" in reading.operates("titles", "approve", **APPROVAL)
    file = (reading.desk.content / "salons" / "公园读书会.md").read_text("utf-8")
    assert "周六上午一起去公园读书" in file
    assert "capacity = 20" in file
    assert reading.problems() == []
    [letter] = reading.store.do(lambda uow: outreach.unreached(uow, most=5))
    assert letter.subject == "对你提议的活动的回复"
    assert reading.operates("titles", "approve", **APPROVAL).startswith("✗ 已经处理过")
    assert "同意了，我们准备场地" in reading.says("amei", "我的头衔")[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "请写活动的标题"),
        ({"starts_at": "明天"}, "starts_at"),
        ({"starts_at": ""}, "starts_at"),
        ({"capacity": "-5"}, "人数要是 1 以上的整数"),
        ({"proposal": "9"}, "已经处理过"),
    ],
)
def test_a_wrong_approval_writes_and_tells_nothing(
    reading: Market, changed: dict[str, str], said: str
) -> None:
    proposed(reading)
    assert said in reading.operates("titles", "approve", **(APPROVAL | changed))
    assert not (reading.desk.content / "salons").exists()
    assert reading.store.count("letters") == 0
    assert "等你回复的提议" in reading.page("titles")


def test_a_proposal_stands_as_she_wrote_it(reading: Market) -> None:
    gives(reading)
    reading.says("amei", "＠小拾 提議活動  週六，去 Park 讀「夜航西飛」！")
    assert "週六，去 Park 讀「夜航西飛」！" in reading.page("titles")


def test_declining_needs_a_reply(reading: Market) -> None:
    proposed(reading)
    assert reading.operates("titles", "decline", proposal="1", reply="").startswith("✗ 请写回复")
    assert "已经回复她" in reading.operates("titles", "decline", proposal="1", reply="那天装修")
    assert "这次不办，那天装修" in reading.says("amei", "我的头衔")[0]


def test_an_empty_page_says_how_to_begin(market: Market) -> None:
    assert "写在 content/titles.toml 里" in market.page("titles")
    assert "没有等着的提议" in market.page("titles")
