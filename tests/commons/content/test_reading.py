"""Content files: what may stand in them, and how a mistake is named."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commons.content import Kind, Stage
from bot.commons.content.paths import below
from bot.commons.content.reading import read_draft
from tests.kit.desk import HEAD, Desk

FULL = """+++
title = "早安｜防晒要涂够量"
tags = ["护肤", "防晒"]
scene = "职场通勤"
kind = "知识"
stage = "认知"
publish_on = 2026-08-24
valid_from = 2026-08-01
valid_until = "2026-08-31"
media = ["media/a.png", "b/c.jpg"]
[variants.office]
when = "commuters"
body = "早安，打工人"
[variants.home]
when = "parents"
file = "posts/_home.md"
+++

早安，姐妹们 ☀️
"""


def test_every_key_of_a_post_is_read(desk: Desk) -> None:
    desk.write("posts/a.md", FULL)
    desk.write("posts/_home.md", "早安，妈妈们\n")
    desk.write("media/a.png", "png")
    desk.write("media/b/c.jpg", "jpg")

    file = desk.file()

    assert (file.kind, file.stage, file.scene) == (Kind.KNOWLEDGE, Stage.AWARENESS, "职场通勤")
    assert (file.title, file.tags) == ("早安｜防晒要涂够量", ("护肤", "防晒"))
    assert file.publish_on == date(2026, 8, 24)
    assert file.valid_until == date(2026, 8, 31)
    assert file.media == ("a.png", "b/c.jpg")
    assert (file.body, file.body_line) == ("早安，姐妹们 ☀️", 19)
    assert [(v.name, v.when, v.body) for v in file.variants] == [
        ("office", "commuters", "早安，打工人"),
        ("home", "parents", "早安，妈妈们"),
    ]


def test_yaml_front_matter_means_the_same(desk: Desk) -> None:
    desk.write(
        "posts/a.md",
        "---\ntitle: 早安\nkind: 情感\nstage: purchase\n"
        "tags: [a, b]\npublish_on: 2026-08-24\n---\n好",
    )

    file = desk.file()

    assert (file.kind, file.stage, file.tags) == (Kind.EMOTIONAL, Stage.PURCHASE, ("a", "b"))
    assert (file.publish_on, file.body, file.body_line) == (date(2026, 8, 24), "好", 8)


def test_bytes_order_marks_and_windows_line_ends_change_nothing(desk: Desk) -> None:
    text = f"+++\n{HEAD}+++\n早安\n晚安\n"
    desk.write("posts/a.md", text)
    desk.write("posts/b.md", ("\ufeff" + text.replace("\n", "\r\n")).encode())

    files = desk.library().files

    assert files["posts/a.md"].body == files["posts/b.md"].body == "早安\n晚安"
    assert files["posts/a.md"].revision == files["posts/b.md"].revision


def test_a_file_without_a_title_is_called_by_its_name(desk: Desk) -> None:
    desk.post("posts/2026-08-24-sunscreen.md")

    assert desk.file("posts/2026-08-24-sunscreen.md").title == "2026-08-24-sunscreen"


WRONG = {
    "no kind": ('stage = "awareness"\n', "", [("missing-key", 2)]),
    "no stage": ('kind = "promo"\n', "广告", [("missing-key", 2)]),
    "another kind": ('kind = "news"\nstage = "认知"\n', "", [("bad-value", 2)]),
    "unknown key": (HEAD + "titel = 1\n", "", [("unknown-key", 4)]),
    "wrong type": (HEAD + 'tags = "a"\n', "", [("wrong-type", 4)]),
    "no date": (HEAD + 'publish_on = "soon"\n', "", [("bad-date", 4)]),
    "a number for a date": (HEAD + "publish_on = 20260824\n", "", [("bad-date", 4)]),
    "an impossible date": (HEAD + "publish_on = 2026-02-30\n", "", [("bad-date", 4)]),
    "ends before it begins": (
        HEAD + "valid_from = 2026-08-02\nvalid_until = 2026-08-01\n",
        "",
        [("bad-date", 5)],
    ),
    "published outside": (
        HEAD + "publish_on = 2026-08-02\nvalid_until = 2026-08-01\n",
        "",
        [("bad-date", 4)],
    ),
    "not toml": (HEAD + "title = 早安\n", "", [("syntax", 4)]),
    "media outside": (HEAD + 'media = ["../../etc/passwd"]\n', "", [("unsafe-path", 4)]),
    "media by absolute path": (HEAD + 'media = ["/etc/passwd"]\n', "", [("unsafe-path", 4)]),
    "media of windows": (HEAD + r"media = ['..\a.png']" + "\n", "", [("unsafe-path", 4)]),
    "media that is not there": (HEAD + 'media = ["a.png"]\n', "", [("missing-media", 4)]),
    "no words": (HEAD, " ", [("no-default", 5)]),
    "variants without words": (
        HEAD + '[variants.a]\nwhen = "b"\n',
        "",
        [("bad-value", 4)],
    ),
    "a variant of a lost file": (
        HEAD + '[variants.a]\nwhen = "b"\nfile = "posts/lost.md"\n',
        "",
        [("missing-file", 6)],
    ),
    "a variant from outside": (
        HEAD + '[variants.a]\nwhen = "b"\nfile = "../secret.md"\n',
        "",
        [("unsafe-path", 6)],
    ),
    "only variants": (
        HEAD + '[variants.a]\nwhen = "b"\nbody = "c"\n',
        " ",
        [("no-default", 8)],
    ),
    "too long": (HEAD, "好" * 683, [("too-long", 5)]),
    "a promo without a mark": ('kind = "促销"\nstage = "购买"\n', "五折", [("missing-ad-mark", 5)]),
    "a promo that denies it": (
        'kind = "promo"\nstage = "purchase"\n',
        "这不是广告，五折",
        [("missing-ad-mark", 5)],
    ),
    "a waiver of an unknown rule": (HEAD + 'waive = {"x" = "y"}\n', "", [("bad-value", 4)]),
    "a waiver of a hard rule": (HEAD + 'waive = {"syntax" = "y"}\n', "", [("bad-value", 4)]),
    "a waiver without reason": (HEAD + 'waive = {"too-long" = ""}\n', "", [("bad-value", 4)]),
}


@pytest.mark.parametrize(("head", "body", "broken"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_named_with_its_line(
    desk: Desk, head: str, body: str, broken: list[tuple[str, int]]
) -> None:
    desk.post("posts/a.md", body or "早安", head=head)

    assert desk.broken() == broken
    assert desk.library().files == {}


YAML = {
    "no yaml": ("kind: [promo\n", ("syntax", 3)),
    "no table": ("- a\n", ("syntax", 2)),
    "an impossible date": ("kind: promo\npublish_on: 2026-02-30\n", ("bad-date", 3)),
    "another kind": ("stage: 认知\nkind: news\n", ("bad-value", 3)),
    "code": ("kind: !!python/object/apply:os.system [ls]\n", ("syntax", 2)),
}


@pytest.mark.parametrize(("matter", "broken"), YAML.values(), ids=YAML.keys())
def test_a_mistake_in_yaml_is_named_too(desk: Desk, matter: str, broken: tuple[str, int]) -> None:
    desk.write("posts/a.md", f"---\n{matter}---\n早安\n")

    assert broken in desk.broken()


def test_other_encodings_are_refused_with_the_fix(desk: Desk) -> None:
    desk.write("posts/a.md", f"+++\n{HEAD}+++\n早安，姐妹们\n".encode("gbk"))

    [problem] = desk.library().problems

    assert (problem.rule, problem.line) == ("encoding", 5)
    assert "iconv -f GB18030 -t UTF-8" in problem.hint


def test_front_matter_must_begin_and_end(desk: Desk) -> None:
    desk.write("posts/a.md", "早安\n")
    desk.write("posts/b.md", "+++\nkind = 1\n早安\n")

    assert desk.broken() == [("syntax", 1), ("syntax", 1)]


def test_a_broken_file_does_not_touch_the_others(desk: Desk) -> None:
    desk.post("posts/a.md")
    desk.post("posts/b.md", head="kind = 1\n")

    assert list(desk.library().files) == ["posts/a.md"]


def test_a_waiver_lets_a_file_break_a_soft_rule(desk: Desk) -> None:
    desk.post("posts/a.md", "好" * 683, 'waive = {"too-long" = "a channel for long texts"}\n')

    assert desk.broken() == []


def test_a_missing_mark_is_added_where_the_operator_wants_it(desk: Desk) -> None:
    desk.post("posts/a.md", "五折", head='kind = "promo"\nstage = "purchase"\n')
    desk.post("posts/b.md", "（广告）六折", head='kind = "promo"\nstage = "purchase"\n')

    library = desk.library(auto_ad_mark=True)

    assert [file.body for file in library.files.values()] == ["【广告】五折", "（广告）六折"]


def test_the_same_text_twice_is_a_warning_and_both_stay(desk: Desk) -> None:
    desk.post("posts/a.md", "早安 姐妹们")
    desk.post("posts/b.md", "早安\n姐妹们")

    library = desk.library()

    assert [(p.rule, p.warning) for p in library.problems] == [("duplicate-text", True)]
    assert "content/posts/a.md" in library.problems[0].message
    assert len(library.files) == 2


def test_a_picture_needs_no_words(desk: Desk) -> None:
    desk.write("media/a.png", "png")
    desk.post("posts/a.md", "", 'media = ["media/a.png"]\n')

    assert desk.file().body == ""


def test_notes_pictures_and_temporary_files_are_no_content(desk: Desk) -> None:
    for name in ("README.md", "posts/.a.md.swp", "posts/a.md~", "posts/_sign.md", "media/x.md"):
        desk.write(name, "words")

    assert desk.broken() == []


def test_a_file_by_another_ending_is_told(desk: Desk) -> None:
    desk.write("posts/a.md.txt", "words")

    [problem] = desk.library().problems

    assert (problem.rule, problem.warning) == ("unknown-file", True)


def test_a_file_with_a_mistake_is_known_by_its_path(desk: Desk) -> None:
    desk.post("posts/a.md", matter='media = ["a.png"]\n')
    desk.post("posts/b.md")

    library = desk.library()
    assert library.broken == {"posts/a.md"}
    assert [each.rule for each in library.problems_of("posts/a.md")] == ["missing-media"]
    assert library.problems_of("a.md") == library.problems_of("posts/b.md") == ()


def test_a_link_out_of_the_folder_is_passed_over(desk: Desk) -> None:
    secret = desk.content.parent / "secret.md"
    secret.write_text(f"+++\n{HEAD}+++\nsecret\n")
    (desk.content / "a.md").symlink_to(secret)
    (desk.content / "media").mkdir()
    (desk.content / "media/a.png").symlink_to(secret)
    desk.post("posts/b.md", matter='media = ["a.png"]\n')

    assert desk.broken() == [("missing-media", 4)]
    assert desk.library().files == {}


def test_an_enormous_file_is_refused(desk: Desk) -> None:
    desk.post("posts/a.md", "好" * 30_000)

    assert desk.broken() == [("too-long", 1)]


def test_the_revision_changes_with_every_word(desk: Desk) -> None:
    desk.post("posts/a.md", '{% include "posts/_b.md" %}')
    desk.write("posts/_b.md", "早安")
    before = desk.file().revision

    desk.write("posts/_b.md", "晚安")

    assert desk.file().revision != before
    assert len(before) == 12


POLL = 'options = ["红", {text = "蓝", media = "b.png"}]\nmax_choices = 1\nresults = "live"\n'
SALON = "starts_at = 2026-09-01T14:00:00+08:00\nends_at = 2026-09-01T16:00:00+08:00\n"


def test_polls_and_salons_have_keys_of_their_own(desk: Desk) -> None:
    desk.write("media/b.png", "png")
    desk.post("polls/a.md", matter=POLL)
    desk.post("salons/a.md", "来", matter=SALON + 'place = "店里"\ncapacity = 20\n')

    assert desk.broken() == []


SPECIAL = {
    "a poll without options": ("polls", "", ("missing-key", 2)),
    "a poll with one option": ("polls", 'options = ["a"]\n', ("bad-value", 4)),
    "twin options": ("polls", 'options = ["a", "a"]\n', ("bad-value", 4)),
    "too many choices": ("polls", 'options = ["a", "b"]\nmax_choices = 3\n', ("bad-value", 5)),
    "other results": ("polls", 'options = ["a", "b"]\nresults = "x"\n', ("bad-value", 5)),
    "a lost picture": ("polls", POLL, ("missing-media", 4)),
    "closed before it opens": (
        "polls",
        'options = ["a", "b"]\nopens_at = 2026-09-02T00:00:00\ncloses_at = 2026-09-01T00:00:00\n',
        ("bad-date", 6),
    ),
    "a salon without a time": ("salons", "", ("missing-key", 2)),
    "a day for an instant": ("salons", "starts_at = 2026-09-01\n", ("bad-date", 4)),
    "nobody fits in": ("salons", SALON + "capacity = 0\n", ("bad-value", 6)),
    "options of a post": ("posts", 'options = ["a", "b"]\n', ("unknown-key", 4)),
}


@pytest.mark.parametrize(("folder", "matter", "broken"), SPECIAL.values(), ids=SPECIAL.keys())
def test_polls_and_salons_are_checked(
    desk: Desk, folder: str, matter: str, broken: tuple[str, int]
) -> None:
    desk.post(f"{folder}/a.md", matter=matter)

    assert desk.broken() == [broken]


@given(st.text() | st.from_regex(r"(\.\./|/|a/|\\|media/|:){0,6}[ab.]{0,3}"))
@example("a/../../b")
@example("..")
def test_a_path_stays_below_its_folder_or_is_none(written: str) -> None:
    path = below(written)

    parts = path.split("/") if path is not None else ["a"]
    assert parts[0]
    assert ".." not in parts
    assert "\\" not in "".join(parts)


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda t: f"+++\n{t}\n+++\n{t}".encode())
)
@example(b"+++\n+++\n{{ a.b[0:1](x) }}{% for")
@example(b"---\n&a [*a]\n---\n")
@example(b"---\n? [a]\n: b\n---\n")
@example(b"+++\n[variants.a.b]\n+++\n")
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.md"
    file.write_bytes(raw)

    draft = read_draft(file, "posts/any.md", "content/posts/any.md")

    assert all(problem.line >= 1 for problem in draft.problems)
