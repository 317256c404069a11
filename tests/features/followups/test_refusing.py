"""Who says that she wants no calls, and who does not."""

import pytest

from bot.features.followups.rules import refuses_calls


@pytest.mark.parametrize(
    "said",
    [
        *(
            "我不接受电话营销",
            "以后别给我打电话了",
            "请不要再打电话给我",
            "不要打電話給我",
            "你们别老打我电话",
        ),
        *(
            "我不想接到你们的电话",
            "不需要电话回访，谢谢",
            "有事发消息，别打电话",
            "请勿致电",
            "拒绝营销电话",
        ),
        *("少给我打电话", "不要天天打电话", "别再打给我了", "不接受任何推销电话"),
    ],
)
def test_a_refusal_is_recognised(said: str) -> None:
    assert refuses_calls(said)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "别忘了给我打电话",
            "你们为什么不打电话给我",
            "你们怎么不接电话",
            "电话打不通",
            "给我打电话",
        ),
        *(
            "不要给他打电话",
            "可以不打电话吗",
            "电话号码不要写错",
            "快递别打电话，放门口",
            "打卡",
            "不要这件了",
        ),
        *("她说别打电话给她", "请打电话", ""),
    ],
)
def test_other_words_are_none(said: str) -> None:
    assert not refuses_calls(said)
