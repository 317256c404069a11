"""Members ask, change, take back; similar questions come first; names are hidden."""

from datetime import timedelta

import pytest

from bot import app as roof
from bot.commons import members
from bot.kernel.community import Advisors
from tests.kit.hall import Hall
from tests.kit.talk import CHANNEL


def test_a_question_is_queued_and_the_expert_told_without_its_words(hall: Hall) -> None:
    (said,) = hall.says("amei", "提问：羊毛大衣怎么洗？")
    assert said == (
        "收到，编号 1，已经请专家看，一般 48 小时内回答。\n"
        "回答公开时不写你的名字；愿意署名就发“署名 1”。"
    )
    told = "有新的提问 1，请 李顾问 到控制台“提问”页回答。"
    assert hall.notices() == [told]
    assert hall.letters("lisi") == [told]
    assert hall.letters("wang") == []


def test_without_an_expert_operators_are_told(hall: Hall) -> None:
    hall.tools.add(Advisors, Advisors())
    hall.says("amei", "提问 羊毛大衣怎么洗")
    assert hall.notices() == ["有新的提问 1，请到控制台“提问”页回答。"]
    assert hall.outgoing == []


def test_the_same_question_again_is_the_same(hall: Hall) -> None:
    hall.says("amei", "提问 羊毛大衣怎么洗")
    for _ in range(3):
        assert hall.says("amei", "提问 羊毛大衣怎么洗？") == [
            "这个你问过了，编号 1，还在等专家回答。"
        ]
    assert hall.store.count("questions") == 1


def test_similar_answers_are_shown_before_the_question_is_queued(published: Hall) -> None:
    (said,) = published.says("lily", "提问 请问羊毛大衣要怎么洗呢")
    assert "【1】羊毛大衣怎么洗？\n  干洗，别机洗。" in said
    assert "发“仍要提问”" in said
    assert published.store.count("questions") == 1
    assert "收到，编号 2" in published.says("lily", "仍要提问")[0]
    assert published.says("lily", "仍要提问") == ["没有等着确认的问题。发“提问 想问的事”重新问。"]


def test_all_the_same_is_understood_for_half_an_hour(published: Hall) -> None:
    published.says("lily", "提问 羊毛大衣怎么洗呢")
    published.store.clock.tick(minutes=31)
    assert "没有等着确认的问题" in published.says("lily", "仍要提问")[0]
    published.store.clock.tick(days=1)
    published.runs("questions.drafts")
    assert published.store.count("question_drafts") == 0


def test_the_asker_is_hidden_unless_she_agrees(published: Hall) -> None:
    published.store.do(lambda uow: members.name_identity(uow, CHANNEL, "amei", "阿梅"))
    hidden = "【1】羊毛大衣怎么洗？\n答：干洗，别机洗。"
    assert published.says("lily", "问答 1") == [hidden]
    assert "阿梅" not in published.opens("lily")
    assert "会写你的名字" in published.says("amei", "署名 1")[0]
    assert "（阿梅 问）" in published.says("lily", "问答 1")[0]
    assert "阿梅" in published.opens("lily")
    published.says("amei", "匿名 1")
    assert published.says("lily", "问答 1") == [hidden]
    assert "没有编号 1 的提问是你的" in published.says("lily", "署名 1")[0]


def test_a_question_can_be_changed_until_it_is_answered(hall: Hall) -> None:
    hall.says("amei", "提问 羊毛大衣怎么洗")
    assert hall.says("amei", "改提问 1 羊绒大衣能 Dry 洗吗") == ["提问 1 改好了。"]
    assert hall.asks("SELECT words FROM questions") == [("羊绒大衣能 Dry 洗吗",)]
    assert "没有编号 1" in hall.says("lily", "改提问 1 我来改一改")[0]
    assert "请写上编号" in hall.says("amei", "改提问")[0]
    hall.operates("answer", question=1, answer="可以")
    assert "已经回答了，改不了" in hall.says("amei", "改提问 1 再改一次吧")[0]


def test_what_is_taken_back_is_gone_also_where_it_was_published(published: Hall) -> None:
    assert published.says("amei", "撤回提问 1") == ["提问 1 撤回了，内容已经删掉。"]
    assert "没有编号 1 的问答" in published.says("lily", "问答 1")[0]
    assert "大衣" not in str(published.asks("SELECT * FROM questions"))
    assert "✗" in published.operates("publish", question=1, words="又来")
    assert "✗" in published.operates("answer", question=1, answer="又来")
    assert "没有编号 1 的提问是你的" in published.says("amei", "撤回提问 1")[0]


def test_who_erased_herself_leaves_nothing(published: Hall) -> None:
    her = published.member("amei")
    published.store.do(lambda uow: roof.PERSONAL.erase(uow, her))
    assert published.store.count("questions") == 0
    assert "还没有公开的问答" in published.says("lily", "问答")[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("提问", "发“提问 想问的事”"),
        ("提问 嗯", "至少 4 个字"),
        ("提问 " + "长" * 501, "最多 500 个字"),
        ("问答 7", "没有编号 7 的问答"),
        ("问答 -7", "没有找到像的问答"),
        ("问答 几点开门", "没有找到像的问答"),
        ("撤回提问 99999999999", "没看懂编号"),
        ("撤回提问", "没看懂编号"),
        ("署名 -1", "没看懂编号"),
        ("匿名 1.5", "没看懂编号"),
    ],
)
def test_what_cannot_be_is_answered_kindly(hall: Hall, typed: str, said: str) -> None:
    assert said in hall.says("amei", typed)[0]


def test_five_questions_a_day_are_enough(hall: Hall) -> None:
    for number in range(5):
        hall.says("amei", f"提问 第{number}件事情怎么办呢")
    assert "一天最多问 5 个" in hall.says("amei", "提问 还有别的事怎么办")[0]
    hall.store.clock.tick(days=1)
    assert "收到" in hall.says("amei", "提问 还有别的事怎么办")[0]


def test_published_answers_are_found_by_their_words(published: Hall) -> None:
    assert "【1】" in published.says("lily", "问答 羊毛大衣")[0]
    assert "【1】" in published.says("lily", "问答")[0]


def test_in_a_group_answers_are_short(hall: Hall) -> None:
    assert hall.says("amei", "提问 羊毛大衣怎么洗", group="vip-1") == [
        "收到，编号 1，专家会私下回答你。"
    ]
    assert hall.says("amei", "我的提问", group="vip-1") == [
        "你提过 1 个问题，私聊发“我的提问”看回答。"
    ]


def test_the_page_does_the_same(published: Hall) -> None:
    said = published.sends("lily", "ask", {"words": "羊毛大衣怎么洗呢"})
    assert "这些问过了" in said
    assert "仍要提问" in published.opens("lily")
    assert "收到，编号 2" in published.sends("lily", "all-the-same", {})
    named = published.sends("lily", "ask", {"words": "周日几点关门", "named": "1"})
    assert "收到，编号 3" in named
    assert published.asks("SELECT named FROM questions WHERE id = 3") == [(1,)]
    assert "改好了" in published.sends("lily", "change", {"question": 3, "words": "周六几点关门"})
    assert "不写" in published.sends("lily", "hide-name", {"question": 3})
    assert "会写" in published.sends("lily", "name", {"question": 3})
    assert "撤回了" in published.sends("lily", "withdraw", {"question": 3})
    assert "没看懂编号" in published.sends("lily", "withdraw", {"question": "1.5"})
    assert "周六几点" not in published.opens("lily")


def test_two_hundred_at_once_are_one_question(hall: Hall) -> None:
    for _ in range(200):
        hall.says("amei", "提问 羊毛大衣怎么洗")
    assert hall.store.count("questions") == 1
    assert len(hall.notices()) == 1


def test_a_question_asked_before_midnight_is_reminded_by_the_hour(hall: Hall) -> None:
    hall.says("amei", "提问 羊毛大衣怎么洗")
    hall.store.clock.at += timedelta(hours=47, minutes=59)
    hall.runs("questions.remind")
    assert len(hall.notices()) == 1
