"""What rewards sharing is refused; what rewards showing up, writing to us or an order is not."""

import pytest

from bot.commons.content.sharing import rewards_sharing
from tests.kit.desk import Desk

FORBIDDEN = [
    "转发到朋友圈，截图给我们领 20 元券",
    "分享给三位姐妹，立减 30 元",
    "把海报发到其他群，就送一只香囊",
    "好友助力满 5 人，围巾免费拿",
    "今晚砍价，砍到 0 元带走",
    "帮我砍一刀吧",
    "集赞 38 个换一杯咖啡",
    "邀请 3 位好友进群，送 50 积分",
    "拉新有礼：拉一个人奖 5 元红包",
    "晒朋友圈有礼",
    "小红书发一篇笔记返现 10 元",
    "点赞最多的三位送大衣护理券",
    "带朋友来群里就能抽奖",
    "分享链接得积分",
    "推荐 2 位姐妹入群，各得一张满减券",
    "裂变海报上线",
]
LAWFUL = [
    "今天打卡满 7 天，送早餐杯",
    "把今天的搭配发到这里，店长选三套送 20 积分",
    "邀请好友下单，两个人各得 50 元券",
    "推荐朋友购买，首单之后双方都有券",
    "在群里分享你的搭配，周五一起看",
    "分享会：职场妈妈的时间管理，茶点免费",
    "请勿转发到朋友圈，群里的价格只给老客",
    "不需要转发，也不用集赞，到店就送",
    "转发没有奖励，打卡才有",
    "喜欢的话可以分享给朋友看看",
    "会员日积分翻倍",
    "发朋友圈的九宫格怎么排，三个小技巧",
    "带一位朋友来沙龙坐坐，有热茶",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_a_reward_for_sharing_is_found(text: str) -> None:
    assert rewards_sharing(f"早安\n{text}") is not None


@pytest.mark.parametrize("text", LAWFUL)
def test_what_is_lawful_is_left_alone(text: str) -> None:
    assert rewards_sharing(text) is None


def test_the_line_is_named(desk: Desk) -> None:
    desk.post("posts/a.md", body="早安\n今天降温\n转发朋友圈领券，快去")
    [problem] = desk.library().problems
    assert (problem.rule, problem.line) == ("share-for-reward", 7)
    assert "转发" in problem.message
    assert desk.library().files == {}


def test_options_of_a_poll_and_titles_are_looked_at_too(desk: Desk) -> None:
    options = 'options = ["新中式", "转发抽奖"]\n'
    desk.post("polls/a.md", body="选一个", matter=f'title = "集赞换券"\n{options}')
    assert desk.broken() == [("share-for-reward", 4), ("share-for-reward", 5)]


def test_an_operator_may_say_why_a_sentence_is_none(desk: Desk) -> None:
    waive = 'waive = {"share-for-reward" = "讲别家被罚的案例"}\n'
    desk.post("posts/a.md", body="转发朋友圈领券，这样的活动会被封", matter=waive)
    assert desk.library().problems == ()
