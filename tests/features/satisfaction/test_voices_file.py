"""What is wrong with `content/voices.toml` is named by line."""

from pathlib import Path

import pytest

from bot.commons.content import Forms, Library
from bot.commons.ratings import VoiceWords
from bot.commons.ratings.sorting import FILE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('product = ["灯牌"]\nservice_hints = ["灯牌"]\noff = ["空调"]\n', []),
        ('product = ["灯牌"]\nservice = [\n"送货",\n"灯牌"]\n', [(4, "duplicate-name")]),
        ('product_hints = ["灯"]\nexperience_hints = ["灯"]\n', [(2, "duplicate-name")]),
        ('product = [\n"！！"]\n', [(2, "bad-value")]),
        ('\noff = ["👍"]\n', [(2, "bad-value")]),
        ("product = 1\n", [(1, "wrong-type")]),
        ('prodcut = ["灯"]\n', [(1, "unknown-key")]),
    ],
    ids=["sound", "twice", "twice as hints", "no letter", "no letter off", "type", "typo"],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, text: str, found: list[tuple[int, str]]
) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")

    library = Library.read(tmp_path, forms=Forms(tables={FILE: VoiceWords}))

    assert [(each.line, each.rule) for each in library.problems] == found
