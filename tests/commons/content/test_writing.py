"""A form writes the file that an operator would have written, or says what is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from bot.commons.audience import KnownAudience
from bot.commons.content import (
    ChangedMeanwhile,
    Forms,
    HasMistakes,
    Library,
    NotWritable,
    Pen,
    PollMatter,
    PostMatter,
)
from tests.kit.desk import Desk

POLL = {
    "title": "明年春天 =+++= 进什么",
    "kind": "interactive",
    "stage": "consideration",
    "options": ["新中式", {"text": "极简", "media": "a.png"}],
    "closes_at": datetime(2026, 12, 13, 14, tzinfo=UTC),
    "opens_at": None,
}


class CupMatter(PostMatter):
    """What a room might bring."""

    cups: int


class Cups(BaseModel):
    """A table that a room might bring."""

    model_config = ConfigDict(extra="forbid")

    free_after: int


@pytest.fixture
def pen(desk: Desk) -> Pen:
    desk.write("media/a.png", b"png")
    return Pen(desk.content)


def test_what_a_form_writes_is_read_back_as_it_was_meant(desk: Desk, pen: Pen) -> None:
    path = pen.free_path("polls", "明年春天，店里进什么？")
    writing = pen.draft(path, POLL, "\n选一个。\n+++\n")
    pen.write(writing)

    library = desk.library()
    assert library.problems == ()
    [(file, matter)] = library.with_matter(PollMatter)
    assert (file.path, file.title) == ("polls/明年春天-店里进什么.md", POLL["title"])
    assert matter.closes_at == POLL["closes_at"]
    assert [option.text for option in matter.options] == ["新中式", "极简"]
    assert file.body == "选一个。\n+++"
    assert writing.file is not None
    assert writing.file.revision == file.revision


def test_a_mistake_is_named_with_its_line_and_nothing_is_written(desk: Desk, pen: Pen) -> None:
    writing = pen.draft("polls/a.md", POLL | {"max_choices": 3}, "选")
    assert [(p.rule, p.line) for p in writing.problems] == [("bad-value", 10)]
    with pytest.raises(HasMistakes):
        pen.write(writing)
    assert not (desk.content / "polls").exists()


def test_a_picture_that_is_not_there_is_a_mistake(pen: Pen) -> None:
    options = ["新中式", {"text": "极简", "media": "b.png"}]
    writing = pen.draft("polls/a.md", POLL | {"options": options}, "选")
    assert [problem.rule for problem in writing.problems] == ["missing-media"]


def test_a_file_that_changed_meanwhile_is_not_written_over(desk: Desk, pen: Pen) -> None:
    first = pen.draft("polls/a.md", POLL, "一")
    pen.write(first)
    desk.write("polls/a.md", first.text + "别人加的")
    second = pen.draft("polls/a.md", POLL, "二")
    for replaces in (first.text, ""):
        with pytest.raises(ChangedMeanwhile):
            pen.write(second, replaces=replaces)
    pen.write(second, replaces=first.text + "别人加的")
    assert pen.text_of("polls/a.md") == second.text


def test_every_title_finds_a_place_of_its_own(pen: Pen) -> None:
    for title, path in (
        ("春", "polls/春.md"),
        ("春", "polls/春-2.md"),
        ("../../etc/passwd", "polls/etc-passwd.md"),
        ("  ", "polls/new.md"),
        ("长" * 200, f"polls/{'长' * 40}.md"),
    ):
        assert pen.free_path("polls", title) == path
        pen.write(pen.draft(path, POLL, "字"))


@pytest.mark.parametrize("path", ["../a.md", "/a.md", "polls/a.txt", "a:b.md"])
def test_nothing_is_written_elsewhere(desk: Desk, pen: Pen, path: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        pen.write(pen.draft(path, {"kind": "knowledge", "stage": "awareness"}, "字"))
    assert [each.name for each in desk.content.rglob("*") if each.is_file()] == ["a.png"]


def test_a_folder_that_takes_nothing_is_said_with_the_words_to_keep(desk: Desk, pen: Pen) -> None:
    desk.write("polls", "a file where the folder would be")
    writing = pen.draft("polls/a.md", POLL, "选")
    with pytest.raises(NotWritable) as caught:
        pen.write(writing)
    assert caught.value.words["text"] == writing.text


def test_half_a_file_is_never_left(desk: Desk, pen: Pen) -> None:
    (desk.content / "polls" / "a.md").mkdir(parents=True)
    with pytest.raises((NotWritable, ChangedMeanwhile)):
        pen.write(pen.draft("polls/a.md", POLL, "选"))
    assert [each.name for each in (desk.content / "polls").iterdir()] == ["a.md"]


def test_rooms_bring_front_matter_and_tables_of_their_own(desk: Desk) -> None:
    forms = Forms({"cups": CupMatter}, {"cups.toml": Cups})
    desk.post("cups/a.md", matter="cups = 5\n")
    desk.write("cups.toml", "free_after = 5\n")
    library = Library.read(desk.content, forms=forms)
    assert library.problems == ()
    assert [matter.cups for _, matter in library.with_matter(CupMatter)] == [5]
    assert library.table(Cups) == Cups(free_after=5)
    assert list(library.with_matter(PollMatter)) == []


def test_a_broken_table_is_named_with_its_line_and_left_out(desk: Desk) -> None:
    forms = Forms({}, {"cups.toml": Cups})
    desk.write("cups.toml", "# 集杯卡\nfree_after = 5\nfree = 1\n")
    library = Library.read(desk.content, forms=forms)
    assert [(p.rule, p.line) for p in library.problems] == [("unknown-key", 3)]
    assert library.table(Cups) is None


def test_a_table_that_is_absent_is_no_problem(desk: Desk) -> None:
    library = Library.read(desk.content, forms=Forms({}, {"cups.toml": Cups}))
    assert (library.problems, library.table(Cups)) == ((), None)


def test_a_pen_knows_what_rooms_bring(tmp_path: Path) -> None:
    pen = Pen(tmp_path, Forms({"cups": CupMatter}))
    head = {"kind": "knowledge", "stage": "awareness"}
    assert [p.rule for p in pen.draft("cups/a.md", head, "字").problems] == ["missing-key"]
    assert pen.draft("cups/a.md", head | {"cups": 5}, "字").file is not None


def test_a_picture_is_put_beside_and_taken_away(pen: Pen) -> None:
    pen.put_media("ugc/1.jpg", b"one")
    pen.put_media("ugc/1.jpg", b"two")
    assert (pen.folder / "media/ugc/1.jpg").read_bytes() == b"two"
    pen.remove_media("ugc/1.jpg")
    pen.remove_media("ugc/1.jpg")
    assert not (pen.folder / "media/ugc/1.jpg").exists()


@pytest.mark.parametrize("path", ["../a.jpg", "/etc/a.jpg", "", "a:b"])
def test_no_picture_leads_out_of_the_folder(pen: Pen, path: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        pen.put_media(path, b"")
    with pytest.raises(ValueError, match="no place"):
        pen.remove_media(path)


def test_a_folder_that_takes_no_pictures_says_so(pen: Pen) -> None:
    (pen.folder / "media/ugc").write_bytes(b"no folder")
    with pytest.raises(NotWritable):
        pen.put_media("ugc/1.jpg", b"")
    with pytest.raises(NotWritable):
        pen.remove_media("ugc/1.jpg")


def test_only_the_file_that_was_read_is_removed(pen: Pen) -> None:
    pen.write(pen.draft("polls/a.md", POLL, "选一个。"))
    text = pen.text_of("polls/a.md")
    with pytest.raises(ChangedMeanwhile):
        pen.remove("polls/a.md", holds="another text")
    pen.remove("polls/a.md", holds=text)
    pen.remove("polls/a.md", holds=text)
    assert pen.text_of("polls/a.md") == ""


def test_a_form_that_names_people_who_cannot_be_there_is_told_the_key(desk: Desk) -> None:
    pen = Pen(desk.content, audience=KnownAudience(("时光挚友",), ("vip-1",)))
    words = ["tier:时光挚友", "tier:没有", "group:nobody", "谁"]
    writing = pen.draft("polls/a.md", POLL | {"options": ["a", "b"], "eligible": words}, "选")

    assert [(each.rule, each.message) for each in writing.problems] == [
        ("bad-value", 'eligible: nobody is called "谁"'),
        ("unknown-group", 'eligible: there is no group "nobody"'),
        ("unknown-tier", 'eligible: there is no tier "没有"'),
    ]
    with pytest.raises(HasMistakes):
        pen.write(writing)


def test_a_table_is_written_and_undone_until_somebody_changes_it(desk: Desk) -> None:
    pen = Pen(desk.content, Forms(tables={"cups.toml": Cups}))
    first, second = "free_after = 10\n", "# nine!\nfree_after = 9\n"
    pen.write_table(pen.draft_table("cups.toml", first), replaces="")
    pen.write_table(pen.draft_table("cups.toml", second), replaces=first)
    pen.undo_table("cups.toml")

    assert pen.text_of("cups.toml") == first
    assert not pen.may_undo("cups.toml")
    with pytest.raises(ChangedMeanwhile):
        pen.undo_table("cups.toml")
    pen.write_table(pen.draft_table("cups.toml", second), replaces=first)
    desk.write("cups.toml", "free_after = 7\n")
    with pytest.raises(ChangedMeanwhile):
        pen.undo_table("cups.toml")


def test_a_table_that_was_not_there_is_gone_again_after_the_undo(desk: Desk) -> None:
    pen = Pen(desk.content, Forms(tables={"cups.toml": Cups}))
    pen.write_table(pen.draft_table("cups.toml", "free_after = 10\n"), replaces="")
    pen.undo_table("cups.toml")

    assert [path.name for path in desk.content.iterdir()] == []


def test_a_table_with_a_mistake_is_not_written(desk: Desk) -> None:
    pen = Pen(desk.content, Forms(tables={"cups.toml": Cups}))
    writing = pen.draft_table("cups.toml", 'free_after = "x"\n')

    assert [(each.line, each.rule) for each in writing.problems] == [(1, "wrong-type")]
    with pytest.raises(HasMistakes):
        pen.write_table(writing, replaces="")
