"""Members propose, support and take back; what can't be is said kindly."""

from bot.features.ideas import feature
from tests.kit.hall import Hall
from tests.kit.talk import renderer

XS = "建议：多进 XS 码的大衣"


def test_an_idea_gets_a_number_and_a_promised_day(hall: Hall) -> None:
    (said,) = hall.says("amei", XS)
    assert "收到，编号 1。8 月 31 日前一定答复你。" in said
    assert "满 3 人就进入评审" in said
    assert "【1】多进 XS 码的大衣（0 人支持）" in hall.says("lily", "建议")[0]


def test_the_same_idea_again_is_the_same(hall: Hall) -> None:
    hall.says("amei", XS)
    assert hall.says("amei", "提建议 多进XS码的大衣！") == ["这条你提过了，编号 1，已收到。"]
    assert hall.store.count("ideas") == 1


def test_each_supports_once_and_the_author_does_not_count(hall: Hall) -> None:
    hall.says("amei", XS)
    assert hall.says("amei", "支持 1") == ["建议 1 是你自己提的，自己不算支持人数。"]
    assert hall.says("lily", "支持１") == ["支持了建议 1，现在 1 人支持，再有 2 人就进入评审。"]
    for _ in range(200):
        hall.says("lily", "支持 1")
    assert hall.says("lily", "支持 一") == [
        "你已经支持了建议 1，现在 1 人支持，再有 2 人就进入评审。"
    ]
    assert hall.says("lily", "取消支持 1") == ["不再支持建议 1，现在 0 人支持。"]
    assert hall.says("lily", "取消支持 1") == ["你没有支持过建议 1，现在 0 人支持。"]


def test_enough_supporters_bring_it_into_review_and_the_author_is_told_once(hall: Hall) -> None:
    hall.says("amei", XS)
    for who in ("lily", "nana", "qiqi", "yaya"):
        hall.says(who, "支持 1")
    (letter,) = hall.letters("amei")
    assert "进入评审了，3 人支持。" in letter
    assert "8 月 31 日前再答复你" in letter
    assert hall.notices() == ["建议 1 有 3 人支持，自动进入评审，请到控制台“建议”页看。"]
    hall.says("lily", "取消支持 1")
    assert "评审中，3 人支持" in hall.says("amei", "我的建议")[0]


def test_what_looks_like_contact_data_is_kept_and_first_looked_at(hall: Hall) -> None:
    (said,) = hall.says("amei", "建议 加我微信 abc12345 团购")
    assert "我们先看一下里面的联系方式或推广内容，再让大家看到。" in said
    assert "还没有可以支持的建议" in hall.says("lily", "建议")[0]
    assert hall.says("lily", "支持 1") == ["没有编号 1 的建议。发“建议”看看有哪些。"]
    assert "像有微信号" in hall.page()
    assert hall.operates("show", idea=1) == "建议 1：大家能看到了。"
    assert hall.store.audited() == [("lin", "ideas.shown")]
    assert "支持了建议 1" in hall.says("lily", "支持 1")[0]


def test_bad_ideas_are_answered_kindly(hall: Hall) -> None:
    assert hall.says("amei", "建议 好") == ["再多说几个字吧，至少 4 个字，我们才知道怎么做。"]
    assert hall.says("amei", "建议 " + "长" * 501) == [
        "写了 501 个字，一条建议最多 500 个字，请分成几条。"
    ]
    for number in range(5):
        hall.says("amei", f"建议 第{number}个想法不一样")
    assert hall.says("amei", "建议 还有一个新的想法") == [
        "谢谢你这么上心！一天最多提 5 条，明天再来。"
    ]
    hall.store.clock.tick(days=1)
    assert "收到" in hall.says("amei", "建议 还有一个新的想法")[0]


def test_numbers_that_are_none_are_answered_kindly(hall: Hall) -> None:
    none = "没有编号 {} 的建议。发“建议”看看有哪些。"
    assert hall.says("amei", "支持 7") == [none.format(7)]
    assert hall.says("amei", "建议 999999999") == [none.format(999999999)]
    assert "还没有可以支持的建议" in hall.says("amei", "支持 -1")[0]
    assert "还没有可以支持的建议" in hall.says("amei", "支持 1.5")[0]
    for typed in ("取消支持", "取消支持 -1", "撤回建议", "撤回建议 1.5", "撤回建议 二百五十亿"):
        assert "没看懂编号" in hall.says("amei", typed)[0]
    assert hall.says("amei", "撤回建议 7") == ["没有编号 7 的建议是你提的。发“我的建议”看看。"]


def test_in_a_group_answers_are_short_and_agreement_is_not_a_command(hall: Hall) -> None:
    assert hall.says("amei", XS, group="vip-1") == ["收到，编号 1，8 月 31 日前答复。"]
    assert hall.says("lily", "支持！", group="vip-1") == []
    assert hall.says("amei", "我的建议", group="vip-1") == [
        "你提过 1 条建议，私聊发“我的建议”看进展。"
    ]


def test_what_is_taken_back_is_gone(hall: Hall) -> None:
    hall.says("amei", XS)
    assert hall.says("lily", "撤回建议 1") == ["没有编号 1 的建议是你提的。发“我的建议”看看。"]
    assert hall.says("amei", "撤回建议 1") == ["建议 1 撤回了，内容已经删掉。"]
    assert "XS" not in str(hall.asks("SELECT * FROM ideas"))
    assert "没有编号 1" in hall.says("lily", "支持 1")[0]
    assert "已经撤回了" in hall.says("amei", "撤回建议 1")[0]


def test_the_page_does_the_same(hall: Hall) -> None:
    assert "收到，编号 1" in hall.sends("amei", "propose", {"words": "多进 XS 码"})
    assert "多进 XS 码" in hall.opens("lily")
    assert "支持了建议 1，现在 1 人" in hall.sends("lily", "support", {"idea": 1})
    assert "取消支持" in hall.opens("lily")
    assert "不再支持建议 1" in hall.sends("lily", "unsupport", {"idea": 1})
    assert "没看懂编号" in hall.sends("lily", "support", {"idea": "x"})
    assert "我提的 1 · 已收到" in hall.opens("amei")
    assert "撤回了" in hall.sends("amei", "withdraw", {"idea": 1})


def test_hostile_words_stay_words(hall: Hall) -> None:
    hall.says("amei", "建议 <script>alert(1)</script> \u202e=1+1")
    assert "<script>" not in hall.page() + hall.opens("lily")


def test_the_menu_tells_of_it() -> None:
    assert "建议" in renderer(feature.name)("ideas/menu.txt.j2")
