"""Polls and salons say whom they are for; `bot check` says when nobody can be meant."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons.content import check
from tests.kit.desk import KNOWN, NOW, Desk

POLL = 'kind = "interactive"\nstage = "awareness"\noptions = ["红", "蓝"]\n'
SALON = 'kind = "interactive"\nstage = "awareness"\nstarts_at = 2026-09-01T14:00:00+08:00\n'
TIERS = replace(KNOWN, tiers=("时光挚友", "观察"))


def said(desk: Desk) -> list[str]:
    return [
        f"{problem.path.rpartition('/')[2]}:{problem.line}: [{problem.rule}]"
        for problem in check(desk.content, desk.schedules, TIERS, now=NOW)
    ]


@pytest.mark.parametrize(
    "word", ["all", "tier:观察", "tag:通勤", "group:vip-1", "member:phone:13800138000"]
)
def test_whoever_can_be_there_may_be_named(tmp_path: Path, word: str) -> None:
    desk = Desk(tmp_path)
    desk.write("polls/a.md", f'+++\n{POLL}eligible = "{word}"\n+++\n选一个\n')
    desk.write("salons/b.md", f'+++\n{SALON}invite = ["{word}", "tag:新"]\n+++\n来喝茶\n')

    assert said(desk) == []


@pytest.mark.parametrize(
    ("word", "rule"),
    [
        ("tier:黑金", "unknown-tier"),
        ("group:vip-9", "unknown-group"),
        ("all_groups", "bad-value"),
        ("member:amei", "bad-value"),
        ("会员", "bad-value"),
    ],
)
def test_whom_nobody_knows_is_told_with_the_line(tmp_path: Path, word: str, rule: str) -> None:
    desk = Desk(tmp_path)
    desk.write("polls/a.md", f'+++\n{POLL}eligible = ["tier:观察", "{word}"]\n+++\n选一个\n')
    desk.write("salons/b.md", f'+++\n{SALON}invite = "{word}"\n+++\n来喝茶\n')

    assert said(desk) == [f"a.md:5: [{rule}]", f"b.md:5: [{rule}]"]
