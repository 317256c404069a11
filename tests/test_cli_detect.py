"""`bot detect --jsonl`: an answer to each line, an error for each bad one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LINES: list[dict[str, Any]] = [
    {"id": 1, "text": "转人工"},
    {"id": "b", "turns": [{"role": "user", "text": "早"}, {"role": "agent", "text": "早呀"}]},
]


def detect(folder: Path, given: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bot", "detect", *options]
    return subprocess.run(command, input=given, capture_output=True, check=False, cwd=folder)


def test_each_line_is_answered_without_any_configuration(tmp_path: Path) -> None:
    ended = detect(tmp_path, "\n".join(map(json.dumps, LINES)).encode(), "--jsonl")
    answers = [json.loads(line) for line in ended.stdout.decode().splitlines()]

    assert ended.returncode == 0
    assert ended.stderr == b""
    assert [answer["id"] for answer in answers] == [1, "b"]
    assert set(answers[0]) == {"id", "escalate_score", "reasons", "label"}
    assert answers[0]["escalate_score"] >= 0.5
    assert answers[0]["reasons"] == ["直接要人工"]
    assert answers[0]["label"] == "human_request"
    assert answers[1]["escalate_score"] < 0.2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"oops", b"not JSON"),
        (b"\xff", b"not UTF-8"),
        (b"[]", b"allowed: an object"),
        (b'{"text": "x"}', b"id"),
        (b'{"id": NaN, "text": "x"}', b"NaN"),
        (b'{"id": 1e400, "text": "x"}', b"id"),
        (b'{"id": 1}', b"text, turns"),
        (b'{"id": 1, "text": 2}', b"text: found 2"),
        (b'{"id": 1, "turns": []}', b"turns"),
        (b'{"id": 1, "turns": [{"role": "cat", "text": "x"}]}', b"turns[1].role"),
        (b'{"id": 1, "turns": [{"role": "user"}]}', b"turns[1].text"),
        (b"[" * 100_000, b"not JSON"),
    ],
    ids=[
        "no json",
        "no utf-8",
        "a list",
        "no id",
        "no number",
        "no finite number",
        "no words",
        "a number",
        "no turns",
        "who",
        "silent",
        "deep",
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: bytes, said: bytes) -> None:
    ended = detect(tmp_path, line + b'\n{"id": 2, "text": "hi"}\n', "--jsonl")

    assert ended.returncode == 1
    assert ended.stderr.startswith(b"stdin:1: [bad-line] ")
    assert said in ended.stderr
    assert json.loads(ended.stdout)["id"] == 2


def test_half_a_character_is_no_trouble(tmp_path: Path) -> None:
    ended = detect(tmp_path, b'{"id": "\\ud800", "text": "\\ud83d"}\n', "--jsonl")

    assert ended.returncode == 0
    assert json.loads(ended.stdout)["id"] == "\ud800"


def test_an_answer_comes_before_the_next_question(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "detect", "--jsonl"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
    ) as running:
        assert running.stdin
        assert running.stdout
        for line in LINES:
            running.stdin.write(json.dumps(line).encode() + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == line["id"]
        running.stdin.close()


def test_the_operators_rules_count(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "detection.toml").write_text('off = ["human-word"]', "utf-8")
    (tmp_path / "config.toml").write_text(
        '[community]\nname = "x"\n[database]\nurl = "sqlite:///x.sqlite3"\n', "utf-8"
    )
    ended = detect(
        tmp_path, b'{"id": 1, "text": "\xe8\xbd\xac\xe4\xba\xba\xe5\xb7\xa5"}', "--jsonl"
    )

    assert json.loads(ended.stdout)["escalate_score"] < 0.5


def test_a_broken_file_of_rules_is_named(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "detection.toml").write_text("\nof = []\n", "utf-8")
    (tmp_path / "config.toml").write_text(
        '[community]\nname = "x"\n[database]\nurl = "sqlite:///x.sqlite3"\n', "utf-8"
    )
    ended = detect(tmp_path, b"", "--jsonl")

    assert ended.returncode == 2
    assert b"detection.toml:2: [unknown-key]" in ended.stderr


def test_it_asks_for_the_flag(tmp_path: Path) -> None:
    assert detect(tmp_path, b"").returncode == 2
