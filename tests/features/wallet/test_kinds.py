"""`content/coupons.toml`: read with line numbers."""

from pathlib import Path

import pytest

from bot.cli import main

CONFIG = '[community]\nname = "拾光衣橱"\n[channels.simulator]\nenabled = true\n'
KINDS = """[[coupon]]
name = "birthday"
title = "生日券"
face_fen = 5000
minimum_fen = 30000
valid_until = 2026-12-31

[[coupon]]
name = "cup"
title = "第六杯半价"
percent_off = 50
stackable = true
"""


def check(folder: Path, words: str, capsys: pytest.CaptureFixture[str]) -> str:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    for name in ("content", "schedules"):
        (folder / name).mkdir()
    (folder / "content" / "coupons.toml").write_text(words, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["check", "--config", str(folder / "config.toml")])
    return capsys.readouterr().err


def test_kinds_are_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, KINDS, capsys) == "0 errors, 0 warnings\n"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("stackable", "stackabel", "coupons.toml:12: [unknown-key]"),
        ("face_fen = 5000", "face_fen = -1", "coupons.toml:4: ["),
        ("percent_off = 50", "", "give either face_fen or percent_off"),
        ('"cup"', '"birthday"', "two kinds have one name: birthday"),
        ("2026-12-31", "2026-13-31", "coupons.toml:6: ["),
    ],
)
def test_a_mistake_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, said: str
) -> None:
    assert said in check(tmp_path, KINDS.replace(before, after), capsys)
