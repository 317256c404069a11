"""However a command is typed, the same door opens."""

from collections.abc import Callable, Mapping

import pytest

from bot.app import FEATURES
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Update, UpdateKind
from bot.kernel.router import Switchboard
from tests.kit.rooms import NOON

SWITCHBOARD = Switchboard(room.router for room in FEATURES)


def led(text: str) -> tuple[str, str]:
    """Return the name of the handler that a text leads to, and what it is given."""
    update = Update(ChannelName("t"), "k", UpdateKind.TEXT, "c", NOON, "amei", text=text)
    match = SWITCHBOARD.find(update)
    return (match.handler.__name__, match.argument) if match else ("", "")


def door(text: str) -> str:
    """Return the name of the handler that a text leads to."""
    return led(text)[0]


TYPED = {
    "check_in": "打卡|打 卡|打\u3000卡|打\u200b卡|簽到|簽 到|打卡嘍|ＤＡＫＡ|d k|達卡|簽個到",
    "my_checkins": "我的打卡|我的 打 卡|打卡記錄|打卡日曆|簽到記錄",
    "my_points": "我的積分|積分|積 分|查詢積分|積分餘額",
    "my_badges": "我的勳章|勳 章|徽章",
    "my_titles": "我的頭銜|頭 銜",
    "my_cards": "集盃卡|集 杯 卡|我的集杯卡",
    "propose": "提議活動|提議活動 讀書會",
    "show_help": "幫助|帮 助|【幫　助】！|菜單|使用說明|怎麼用|你會什麼|有什麼功能|幫幫我",
    "call_human": "轉人工|轉 人 工|人工服務|找顧問|聯係客服|聯繫客服|請轉人工|有人在嗎|專人工",
    "show": "我的資料|我的數據|我的资料|我的 数据|個人資料|隱私|我的隱私",
    "export": "導出我的數據|導出我的資料|下載我的數據|導出個人資料|导出 我的 数据",
    "ask_erasure": "刪除我的數據|刪除我的資料|刪除 我的 數據|註銷賬號|注销帳號|我要註銷",
    "bind": "綁定|绑 定|綁定 三五七九一二|绑定 357912|绑定357912|綁定帳號",
    "confirm": "確認綁定|确认 绑定",
    "part": "解綁|解 绑|取消綁定",
    "confirm_erasure": "確認刪除|確認 刪除|確定刪除",
    "cancel_erasure": "撤銷刪除|撤销 删除|取消刪除|不刪了",
}


@pytest.mark.parametrize(
    ("typed", "handler"),
    [(typed, handler) for handler, words in TYPED.items() for typed in words.split("|")],
)
def test_spaces_and_traditional_characters_do_no_harm(typed: str, handler: str) -> None:
    assert door(typed) == handler


@pytest.mark.parametrize(
    "sentence", ["积分 怎么 兑换", "我 打卡 呢", "人工 湖", "帮助 他", "簽到處在哪", "我的資料夾"]
)
def test_a_sentence_with_spaces_is_no_command(sentence: str) -> None:
    assert door(sentence) == "did_not_understand"


COMMANDS = sorted({word for room in FEATURES for word in room.router.commands})
OPENINGS = sorted({word for room in FEATURES for word in room.router.openings})
DISGUISES: Mapping[str, Callable[[str], str]] = {
    "spaces inside": " ".join,
    "wide spaces inside": "\u3000".join,
    "a colon behind": lambda word: f"{word}：",
    "signs around": lambda word: f"「{word}」！",
    "a mention in front": lambda word: f"@小拾 {word}",
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_every_command_is_known_in_disguise(disguise: str) -> None:
    lost = [word for word in COMMANDS if led(DISGUISES[disguise](word)) != led(word)]

    assert "did_not_understand" not in {led(word)[0] for word in COMMANDS}
    assert lost == []


BEHIND = ("2", "２", " ２", "：2", ":2", " ： 2", "，2", "、２", "\u3000 2", "： ２。")


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("between", ["", " ", "\u3000"], ids=["tight", "spaced", "wide"])
def test_every_opening_hands_on_what_follows(between: str, behind: str) -> None:
    lost = [word for word in OPENINGS if led(between.join(word) + behind) != led(f"{word} 2")]

    assert all(led(f"{word} 2")[1] == "2" for word in OPENINGS)
    assert lost == []


@pytest.mark.parametrize(
    ("typed", "handler", "argument"),
    [
        ("投 票 2", "vote", "2"),
        ("投票：101 2", "vote", "101 2"),
        ("投 票：１０１　２", "vote", "101 2"),
        ("投票2号", "vote", "2号"),
        ("报 名:3", "sign_up", "3"),
        ("取 消 报 名：3", "cancel", "3"),
        ("補 簽：8月23日", "ask_makeup", "8月23日"),
        ("建 议：多进小码", "propose", "多进小码"),
    ],
)
def test_what_follows_a_spaced_command_keeps_its_own_spaces(
    typed: str, handler: str, argument: str
) -> None:
    assert led(typed) == (handler, argument)


@pytest.mark.parametrize("sentence", ["投 票箱在哪", "报 名单 3", "我 要 打 卡 机"])
def test_a_spaced_sentence_is_no_command_either(sentence: str) -> None:
    assert door(sentence) == "did_not_understand"
