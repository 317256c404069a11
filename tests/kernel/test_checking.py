"""What a model complains about becomes words for the person who wrote the file."""

from datetime import date, datetime
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.kernel.checking import check, decode, describe, parse_toml
from bot.kernel.errors import FileProblem, Problem


class Inner(BaseModel):
    """An entry of a list."""

    model_config = ConfigDict(extra="forbid")

    size: int = Field(default=1, gt=0)


class Model(BaseModel):
    """One of each."""

    model_config = ConfigDict(extra="forbid")

    day: date | None = None
    at: datetime | None = None
    kind: Literal["a", "b"] = "a"
    inner: tuple[Inner, ...] = ()
    named: dict[str, Inner] = Field(default_factory=dict)
    hidden: SecretStr | None = None
    even: int = 0
    few: list[int] = Field(default_factory=list, max_length=2)
    code: str = Field(default="a", pattern="^[a-z]+$")

    @field_validator("even")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("odd numbers are not allowed")
        return value


def problems(text: str) -> list[Problem]:
    source = parse_toml("f.toml", text)
    found, problems = check(Model, source.data, source)
    assert (found is None) == bool(problems)
    return problems


CASES = {
    "day": (
        "day = 2026-08-24T10:00:00",
        "bad-date",
        "day: found 2026-08-24 10:00:00, allowed: a d",
    ),
    "instant": ('at = "soon"', "bad-date", 'at: found "soon", allowed: an instant, YYYY-MM-DDTHH'),
    "choice": ('kind = "c"', "bad-value", "kind: found \"c\", allowed: 'a' or 'b'"),
    "entry": ("[[inner]]\nsize = 0", "bad-value", "inner[1].size: found 0, allowed: more than 0"),
    "pattern": ('code = "A"', "bad-value", 'code: found "A", allowed: text that matches ^[a-z]+$'),
    "not a table": ("inner = [1]", "wrong-type", "inner[1]: found 1, allowed: a table"),
    "not a list": ("few = true", "wrong-type", "few: found true, allowed: a list"),
    "too many": ("few = [1, 2, 3]", "bad-value", "few: found a list, allowed: 2 entries or fewer"),
    "own words": ("even = 3", "bad-value", "even: odd numbers are not allowed"),
    "unknown": ("[named.x]\nsice = 1", "unknown-key", 'unknown key "sice" in [named.x]'),
    "secret": ("hidden = 770077", "wrong-type", "hidden: found something else, allowed: text"),
}


@pytest.mark.parametrize(("text", "rule", "words"), CASES.values(), ids=CASES.keys())
def test_a_complaint_says_what_was_found_and_what_is_allowed(
    text: str, rule: str, words: str
) -> None:
    [problem] = problems(text)

    assert (problem.rule, problem.line) == (rule, text.count("\n") + 1)
    assert problem.message.startswith(words)


def test_an_impossible_date_is_a_bad_date_and_not_bad_toml() -> None:
    with pytest.raises(FileProblem) as caught:
        parse_toml("f.md", 'title = "x"\nday = 2026-02-30\n', first=2)

    assert [(p.rule, p.line) for p in caught.value.problems] == [("bad-date", 3)]


def test_a_text_that_ends_too_early_points_at_its_end() -> None:
    with pytest.raises(FileProblem) as caught:
        parse_toml("f.toml", "a = 1\nb = [1,\n2")

    assert [(p.rule, p.line) for p in caught.value.problems] == [("syntax", 3)]


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(FileProblem, match="nested too deeply"):
        parse_toml("f.toml", "a = " + "[" * 5000 + "]" * 5000)


@pytest.mark.parametrize("name", ["gb18030", "utf-16"])
def test_another_encoding_is_recognised(name: str) -> None:
    with pytest.raises(FileProblem, match=name.upper()):
        decode("f", "早安，姐妹们".encode(name))


def test_a_long_value_is_cut() -> None:
    assert describe("长" * 50) == '"' + "长" * 40 + '…"'


@pytest.mark.parametrize("line", ["kind = “a”", 'few = ["a"，"b"]', 'kind ＝ "a"'])
def test_chinese_marks_outside_of_quotes_are_pointed_at(line: str) -> None:
    with pytest.raises(FileProblem) as caught:
        parse_toml("f.toml", f"day = 2026-08-24  # “今天”，好\n{line}\n")

    (problem,) = caught.value.problems
    assert problem.line == 2
    assert "is a Chinese mark" in problem.hint


def test_chinese_marks_inside_of_quotes_are_not_blamed() -> None:
    with pytest.raises(FileProblem) as caught:
        parse_toml("f.toml", 'kind = "“早”，好" x\n')

    assert "Chinese" not in caught.value.problems[0].hint
