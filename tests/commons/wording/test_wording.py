"""What members write: as typed, and likened."""

import pytest

from bot.commons.wording import alike, tidy, typed_after


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("建议 多进 XS 码", "多进 XS 码"),
        ("建议：多进XS码！", "多进XS码！"),
        ("建議 多進 XS 碼", "多進 XS 碼"),
        ("@小拾 建议\n第一\n\n第二 ", "第一\n第二"),
        ("建议 《十二月》 =1", "《十二月》 =1"),
        ("建议", ""),
        ("建议建议改版", "建议改版"),
        ("建议３个试衣间", "３个试衣间"),
    ],
)
def test_words_after_a_command_are_as_she_typed_them(text: str, rest: str) -> None:
    assert typed_after(text, ["建议"]) == rest


def test_what_nobody_sees_is_left_out() -> None:
    assert tidy("好\u202e\u200b的\x00 \t呀\r\n\r\n嗯") == "好的 呀\n嗯"


def test_texts_are_likened_by_pairs_of_letters() -> None:
    assert alike("羊毛大衣怎么洗", "羊毛大衣怎么洗？") == 1
    assert alike("羊毛大衣怎么洗", "我的羊毛大衣应该怎么洗呢") > 0.6
    assert alike("羊毛大衣怎么洗", "几点开门") == 0
    assert alike("", "几点开门") == 0
