"""What is always a human's, by the detector as it is shipped, and what only sounds like it."""

import pytest

from bot.commons.detection import Detector, Finding, Label, Role, Turn
from bot.commons.learning.versions import classifier

SHIPPED = Detector(None, classifier(None))
HURT = [
    "孩子受伤了",
    "衣服上的针把我划伤了",
    "穿你们的鞋摔伤了",
    "对你们的衣服过敏",
    "孩子被衣服上的拉链划伤了",
    "宝宝穿了你们的连体衣起疹子了",
    "我受伤了",
    "我的手被吊牌扎伤了",
    "毛衣里有断针，把我刺伤了",
    "被你们的杯子烫伤了",
    "热水袋把孩子烫伤了",
    "鞋跟断了，我摔伤了",
    "女儿的脸被扣子划伤流血了",
    "戴了你们的耳环耳朵红肿",
    "穿了一天脖子红肿",
    "用了你们的面霜，脸上起红疹",
    "我对这件毛衣过敏了",
    "穿了你们的衣服皮肤过敏",
    "戴你家项链过敏了",
    "孩子过敏了",
    "手流血了",
    "在你们店里摔伤了",
    "我妈在店里受伤了",
    "我是过敏体质，穿了你们的毛衣过敏了",
    "流血了",
    "被割伤了",
    "孩子手割伤了，就是你们的包装",
    "我過敏了",
    "儿子玩你们送的玩具受伤了",
    "孩子受伤了，你们会赔吗",
    "去年买的鞋今天把我摔伤了",
    "脚被鞋钉扎伤",
    "胳膊起疹子",
    "裙子穿完身上红肿",
    "吊牌割伤手了",
    "针扎伤我手",
    "衣服让我过敏",
    "鞋把脚磨出血了",
    "被拉链夹伤了",
]
THREATS = [
    "起诉你们",
    "我要起诉你们",
    "找律师",
    "我找律师了",
    "找媒体",
    "我要找媒体",
    "曝光你们",
    "我去网上曝光你们",
    "12315",
    "打12315",
    "我要打12315",
    "轉人工",
]


def found(text: str) -> Finding:
    """Return what the shipped detector finds in one message."""
    return SHIPPED.detect([Turn(Role.USER, text)])


@pytest.mark.parametrize("text", HURT + THREATS)
def test_the_hard_list_is_always_a_humans(text: str) -> None:
    finding = found(text)

    assert finding.alerts
    assert finding.reasons


@pytest.mark.parametrize("text", HURT)
def test_who_is_hurt_is_an_emergency(text: str) -> None:
    finding = found(text)

    assert finding.score >= 0.9
    assert (finding.label, finding.severity) == (Label.SAFETY, 3)


@pytest.mark.parametrize(
    "text",
    [
        "心受伤了",
        "我的心受伤了",
        "我很受伤",
        "失恋了，感情受伤",
        "游戏里又受伤了",
        "球员受伤了",
        "主力球员受伤，这赛季完了",
        "花粉过敏，春天真难熬",
        "我对花粉过敏",
        "对猫过敏",
        "我对猫过敏，朋友家不敢去",
        "会过敏吗",
        "这件衣服会过敏吗",
        "我是过敏体质，能穿吗",
        "我是过敏体质",
        "过敏体质可以穿这件吗",
        "容易过敏的人穿什么面料好",
        "穿了一天没过敏，面料很好",
        "戴了一周没有过敏，谢谢推荐",
        "电影里主角受伤了，看哭了",
        "小心受伤",
        "我家猫受伤了",
        "手办受伤了",
        "买双防滑的，怕老人摔伤",
        "我的包被划伤了能修吗",
        "没受伤就好",
        "看到这个价格我的钱包受伤了",
        "这个会不会起疹子",
        "过敏源查出来了，是上班",
        "不怕过敏了，终于有我能戴的耳环",
        "听说有人对羊毛过敏",
        "看完小说心流血",
        "担心孩子划伤，有没有软一点的",
        "手机壳防摔伤吗",
        "眼睛过敏是花粉",
    ],
)
def test_its_innocent_twins_are_left_alone(text: str) -> None:
    assert not found(text).alerts
