"""What operators may write between braces, and what is refused."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.content import names_for, render
from bot.commons.content.rendering import RENDERED_MAX_BYTES, dissect
from bot.kernel.errors import ContentError
from tests.kit.desk import Desk

NAMES = names_for("拾光衣橱", "一群", date(2026, 8, 24))


def said(desk: Desk, body: str, matter: str = "", variant: str = "") -> str:
    desk.post("posts/a.md", body, matter)
    return render(desk.file(), variant, **NAMES)


def test_a_post_speaks_of_its_community_group_and_day(desk: Desk) -> None:
    body = "{{ date }}{{ weekday }}，{{ group }}的{{ community }}：{{ title }}"

    assert said(desk, body, 'title = "早安"\n') == "8月24日星期一，一群的拾光衣橱：早安"


def test_conditions_loops_and_filters_work(desk: Desk) -> None:
    body = (
        "{% if date.day % 2 == 0 %}双日{% else %}单日{% endif %}\n"
        "{% for color in ['红', '蓝'] %}\n{{ loop.index }}.{{ color }}\n{% endfor %}\n"
        "{{ title | default('x') | upper }}"
    )

    assert said(desk, body, 'title = "ab"\n') == "双日\n1.红\n2.蓝\nAB"


def test_a_line_of_tags_alone_leaves_no_line_behind(desk: Desk) -> None:
    body = "一\n  {# a note #}\n{% if date.day == 24 %}\n二\n{% else %}\n三\n{% endif %}\n\n四"

    assert said(desk, body) == "一\n二\n\n四"


def test_words_without_braces_stay_as_they_are(desk: Desk) -> None:
    body = "价格 5 折 {a} %} <b>&amp;</b>\n\n- 一\n- 二"

    assert said(desk, body) == body


def test_a_file_may_include_another(desk: Desk) -> None:
    desk.write("posts/_sign.md", "—— {{ community }}\n")
    desk.post("posts/b.md", "晚安")

    body = '{% include "posts/b.md" %}\n{% include "posts/_sign.md" %}'

    assert said(desk, body) == "晚安\n—— 拾光衣橱"


def test_a_variant_speaks_to_its_segment_and_the_body_to_the_rest(desk: Desk) -> None:
    desk.write("posts/_b.md", "你好 {{ group }}")
    matter = (
        '[variants.a]\nwhen = "x"\nbody = "早 {{ group }}"\n'
        '[variants.b]\nwhen = "y"\nfile = "posts/_b.md"\n'
    )

    found = [said(desk, "大家早", matter, variant) for variant in ("a", "b", "c", "")]

    assert found == ["早 一群", "你好 一群", "大家早", "大家早"]


WRONG = {
    "an unknown name": ("\n\n{{ grup }}", "undefined-variable", 7),
    "an unknown attribute": ("{{ group.owner }}", "undefined-variable", 5),
    "an unknown filter": ("{{ group | shout }}", "undefined-variable", 5),
    "an open brace": ("a\n{{ group", "syntax", 6),
    "an open condition": ("{% if group %}a", "syntax", 5),
    "an unknown tag": ("{% oops %}", "syntax", 5),
    "a way to the class": ("{{ ''.__class__.__mro__ }}", "unsafe-template", 5),
    "the same by a filter": ("{{ '' | attr('__class__') }}", "unsafe-template", 5),
    "the same by an index": ("{{ group['__class__'] }}", "unsafe-template", 5),
    "a call": ("{{ group.upper() }}", "unsafe-template", 5),
    "a call of nothing": ("{{ range(9) }}", "unsafe-template", 5),
    "a product": ("{{ 'a' * 999999999 }}", "unsafe-template", 5),
    "a power": ("{{ 9 ** 999999999 }}", "unsafe-template", 5),
    "a wide format": ("{{ '%999999999d' % 1 }}", "unsafe-template", 5),
    "a filter that widens": ("{{ 'a' | center(999999999) }}", "unsafe-template", 5),
    "a loop in a loop": (
        "{% for a in [1] %}{% for b in [1] %}{% endfor %}{% endfor %}",
        "unsafe-template",
        5,
    ),
    "a loop over letters": ("{% for a in title %}{% endfor %}", "unsafe-template", 5),
    "a variable that grows": ("{% set a = 'a' %}", "unsafe-template", 5),
    "a macro": ("{% macro a() %}{% endmacro %}", "unsafe-template", 5),
    "an import": ("{% import 'a.md' as a %}", "unsafe-template", 5),
    "a parent": ("{% extends 'a.md' %}", "unsafe-template", 5),
    "an include by name": ("{% include title %}", "unsafe-template", 5),
    "an include in a loop": (
        "{% for a in [1] %}{% include 'posts/_a.md' %}{% endfor %}",
        "unsafe-template",
        5,
    ),
    "an include from outside": ("\n{% include '../a.md' %}", "unsafe-path", 6),
    "an include of nothing": ("a\n{% include 'posts/lost.md' %}", "missing-file", 6),
    "an include of itself": ("{% include 'posts/a.md' %}", "include-loop", 5),
}


@pytest.mark.parametrize(("body", "rule", "line"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_said_is_refused_with_its_line(
    desk: Desk, body: str, rule: str, line: int
) -> None:
    desk.write("posts/_a.md", "words")
    desk.post("posts/a.md", body)

    assert (rule, line) in desk.broken()
    assert desk.library().files == {}


def test_a_circle_of_includes_is_named_in_each_file_of_it(desk: Desk) -> None:
    desk.post("posts/a.md", '{% include "posts/b.md" %}')
    desk.post("posts/b.md", '\n{% include "posts/c.md" %}')
    desk.post("posts/c.md", '{% include "posts/a.md" %}')

    problems = desk.library().problems

    assert [(p.rule, p.line) for p in problems] == [("include-loop", n) for n in (5, 6, 5)]
    assert "posts/a.md → posts/b.md → posts/c.md → posts/a.md" in problems[0].message


def test_includes_that_multiply_are_refused(desk: Desk) -> None:
    for n in range(5):
        desk.write(f"posts/_{n}.md", f'{{% include "posts/_{n + 1}.md" %}}' * 10)
    desk.write("posts/_5.md", "words")
    desk.post("posts/a.md", '{% include "posts/_0.md" %}')

    assert desk.broken() == [("include-loop", 5)]


def test_a_mistake_in_an_included_file_is_told_there_and_where_it_is_included(desk: Desk) -> None:
    desk.write("posts/_sign.md", "—— {{ communty }}\n")
    desk.post("posts/a.md", '早安\n{% include "posts/_sign.md" %}')

    assert desk.broken() == [("undefined-variable", 1), ("undefined-variable", 6)]


def test_a_mistake_in_a_variant_has_its_line(desk: Desk) -> None:
    desk.post("posts/a.md", matter='[variants.a]\nwhen = "b"\nbody = "{{ grup }}"\n')

    assert desk.broken() == [("undefined-variable", 6)]


def test_words_that_grow_too_long_are_stopped(desk: Desk) -> None:
    desk.post("posts/a.md", "{{ community }}{{ community }}")
    file = desk.file()

    with pytest.raises(ContentError) as caught:
        render(file, community="好" * RENDERED_MAX_BYTES)

    assert caught.value.problems[0].rule == "too-long"


def test_the_sandbox_is_a_second_lock(desk: Desk) -> None:
    desk.post("posts/a.md", "x")
    file = replace(desk.file(), body="{{ community.__class__.__mro__ }}")

    with pytest.raises(ContentError) as caught:
        render(file, community="拾光衣橱")

    assert caught.value.problems[0].rule == "unsafe-template"


def test_a_name_that_is_not_given_is_an_error_and_not_a_blank(desk: Desk) -> None:
    desk.post("posts/a.md", "{{ group }}")

    with pytest.raises(ContentError):
        render(desk.file())


@given(st.text(alphabet="{}%#ab.|('\"[]) \nforinifend_=+*", max_size=60))
def test_no_text_breaks_the_inspection(text: str) -> None:
    anatomy = dissect(text)

    assert all(finding.line >= 1 for finding in anatomy.findings)
