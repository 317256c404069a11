"""The operators' page: whom it would reach and why, what came of it, and hostile names."""

from bot.commons import members, salutations
from bot.commons.vetting import WordsTable
from bot.features.recall import reads
from bot.kernel.capability import Doors
from bot.kernel.work import UnitOfWork
from tests.features.recall.conftest import Shop

HOSTILE = '<b>"阿梅"</b>=1+1'


def names(shop: Shop, who: str, name: str) -> None:
    her = shop.member(who)
    shop.store.do(lambda uow: members.name_member(uow, her, name))


def wants_to_be_called(shop: Shop, who: str, words: str) -> None:
    """Let a member say how she wants to be spoken to, and confirm it."""
    her = shop.member(who)

    def agree(uow: UnitOfWork) -> None:
        salutations.propose(uow, her, words, WordsTable())
        salutations.agree(uow, her)

    shop.store.do(agree)


def test_an_empty_house_says_what_to_do(shop: Shop) -> None:
    shown = shop.page("recall")
    for words in (
        "没有开",
        "今天没有要召回的人",
        "还没有召回过谁",
        "流失了 0 人",
        "还没有召回过。",
    ):
        assert words in shown


def test_who_it_would_be_and_why_in_words(shop: Shop) -> None:
    shop.likes_prices("amei")
    shop.likes_goods("lily", ago=80)
    shop.had_trouble("wang", ago=61)
    shown = shop.page("recall")
    assert "60 天没来" in shown
    assert "买过 2 单，其中 3 件知道原价，3 件低于原价或用了券，占 100%" in shown
    assert "2 件是中位价以上、原价买的，占 66%" in shown
    assert "打低分 2 次" in shown
    assert "没有低于原价的" in shown
    assert "会交给顾问回访" in shown
    assert "现在联系不上" not in shown
    assert "今天会发给下面试算里的 3 人，之后每天继续" in shown
    assert "流失了 3 人：0 人已经召回过，0 人不打扰，3 人等着" in shown
    assert shop.store.count("recalls") == 0


def test_who_can_not_be_reached_is_marked_beforehand(shop: Shop) -> None:
    shop.tools.add(Doors, Doors({}))
    shop.likes_prices("amei")
    shop.had_trouble("wang", ago=61)
    assert shop.page("recall").count("现在联系不上，会列给人联系") == 1


def test_what_came_of_it_by_type_with_n(both: Shop) -> None:
    for who in ("amei", "lily", "wang"):
        both.likes_prices(who)
    both.likes_goods("zhao")
    both.starts()
    both.day()
    shown = both.page("recall")
    assert "召回过 <strong>3</strong> 人，30 天内回来 <strong>0</strong> 人（样本不足" in shown
    assert "其中 3 人还没满 30 天" in shown
    both.passes(days=30)
    both.bought("amei", ("coat", 60_000), ago=0)
    both.bought("lily", ("coat", 60_000), ago=0, back_fen=60_000)
    both.passes(hours=1)
    both.bought("wang", ("coat", 60_000), ago=0)  # too late
    sent = both.store.do(reads.sent)
    assert [(kind.value, one.n, one.recent, one.came_back) for kind, one in sent.items()] == [
        *(("service", 0, 0, 0), ("quality", 1, 0, 0), ("price", 3, 0, 1), ("unknown", 0, 0, 0)),
    ]
    assert both.page("recall").count("回来了") == 1


def test_a_share_is_told_of_enough_people_only(shop: Shop) -> None:
    for number in range(30):
        shop.likes_prices(f"m{number}")
    shop.starts()
    shop.day()
    shop.passes(days=1)
    for number in range(6):
        shop.bought(f"m{number}", ("socks", 3_000), ago=0)
    assert "回来 <strong>6</strong> 人（20%）" in shop.page("recall")


def test_hostile_names_and_reasons_stay_words(shop: Shop) -> None:
    shop.likes_prices("amei")
    names(shop, "amei", HOSTILE)
    her = str(shop.member("amei"))
    shop.operates("recall", "set-type", member=her, type="price", why="<script>1</script>")
    shown = shop.page("recall", member=her)
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert "&lt;b&gt;" in shown
    names(shop, "amei", "{{ community }}")
    wants_to_be_called(shop, "amei", "{{ called }}")
    shop.starts()
    assert shop.day()[0].startswith("{{ called }}，好久不见。")
    assert "{{ community }}" in shop.page("recall")


def test_one_member_is_found_and_shown(shop: Shop) -> None:
    shop.likes_goods("amei", ago=2)
    names(shop, "amei", "阿梅")
    assert "看重品质" in shop.page("recall", q="阿梅").partition("看一位会员")[2]
    assert "没有找到" in shop.page("recall", q="没有的人")
    assert "没有找到" not in shop.page("recall", member="abc")
    names(shop, "lily", "阿梅梅")
    shown = shop.page("recall", q="阿梅")
    assert shown.count("/console/recall?member=") == 2


def test_the_number_of_today_is_used_up(shop: Shop) -> None:
    for number in range(55):
        shop.likes_prices(f"m{number}")
    shop.starts()
    assert len(shop.day()) == 50
    assert "今天的人数已经用完了" in shop.page("recall")
    assert shop.store.do(lambda uow: reads.counts(uow, shop.tools)) == reads.Counts(55, 50, 0)
