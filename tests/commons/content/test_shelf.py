"""What is on disk is at hand, and looked at no more often than needed."""

import time
from pathlib import Path

from bot.commons.content import Library, Shelf, names_for, render
from tests.kit.desk import KNOWN, NOW, Desk

SCHEDULE = 'name = "s"\ncron = "0 9 * * *"\ncontent = "posts"\naudience = ["group:vip-1"]\n'


class Watch:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def shelf_of(desk: Desk, watch: Watch) -> Shelf:
    return Shelf(desk.content, desk.schedules, KNOWN, monotonic=watch)


def paths(shelf: Shelf) -> list[str]:
    return list(shelf.look(NOW).library.files)


def test_an_unchanged_folder_is_the_same_object(desk: Desk) -> None:
    desk.post("posts/a.md")
    watch = Watch()
    shelf = shelf_of(desk, watch)
    first = shelf.look(NOW)

    watch.now_s += 5

    assert shelf.look(NOW) is first


def test_what_is_at_hand_is_what_the_last_look_found(desk: Desk) -> None:
    watch = Watch()
    shelf = shelf_of(desk, watch)
    assert list(shelf.at_hand(NOW).library.files) == []  # nobody has looked: it looks itself
    desk.post("posts/a.md")
    watch.now_s += 5

    assert list(shelf.at_hand(NOW).library.files) == []
    assert paths(shelf) == ["posts/a.md"]
    assert list(shelf.at_hand(NOW).library.files) == ["posts/a.md"]


def test_a_change_is_seen_after_a_second(desk: Desk) -> None:
    watch = Watch()
    shelf = shelf_of(desk, watch)
    assert paths(shelf) == []
    desk.post("posts/a.md")

    watch.now_s += 0.9
    assert paths(shelf) == []
    watch.now_s += 0.1
    assert paths(shelf) == ["posts/a.md"]


def test_a_file_that_breaks_is_left_out_and_named_until_it_is_mended(desk: Desk) -> None:
    watch = Watch()
    shelf = shelf_of(desk, watch)
    desk.post("posts/a.md", "one")
    desk.post("posts/b.md", "two")
    assert paths(shelf) == ["posts/a.md", "posts/b.md"]

    desk.post("posts/a.md", "{{ oops }}")
    watch.now_s += 1
    assert paths(shelf) == ["posts/b.md"]
    assert [p.rule for p in shelf.look(NOW).library.problems] == ["undefined-variable"]

    desk.post("posts/a.md", "three")
    watch.now_s += 1
    assert shelf.look(NOW).library.files["posts/a.md"].body == "three"
    assert shelf.look(NOW).library.problems == ()


def test_files_that_come_and_go_are_noticed(desk: Desk) -> None:
    watch = Watch()
    shelf = shelf_of(desk, watch)
    desk.post("posts/a.md")
    desk.schedule(SCHEDULE)
    assert [s.name for s in shelf.look(NOW).timetable.schedules] == ["s"]

    (desk.content / "posts/a.md").unlink()
    (desk.schedules / "s.toml").unlink()
    watch.now_s += 1

    assert paths(shelf) == []
    assert shelf.look(NOW).timetable.schedules == ()


def test_a_picture_that_arrives_mends_the_post_that_wanted_it(desk: Desk) -> None:
    watch = Watch()
    shelf = shelf_of(desk, watch)
    desk.post("posts/a.md", matter='media = ["a.png"]\n')
    assert paths(shelf) == []

    desk.write("media/a.png", "png")
    watch.now_s += 1

    assert paths(shelf) == ["posts/a.md"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    library = Library.read(tmp_path / "nowhere")

    assert [p.rule for p in library.problems] == ["missing-file"]


def test_a_thousand_files_are_read_quickly_and_rendered_from_one_compilation(desk: Desk) -> None:
    for n in range(1000):
        desk.post(f"posts/{n:04}.md", f"早安 {n} {{{{ group }}}}\n" + "好" * 300)
    begin = time.perf_counter()

    library = desk.library()

    assert time.perf_counter() - begin < 5  # about 0.7 s; a busy machine is forgiven
    file = library.files["posts/0000.md"]
    names = names_for("拾光衣橱", "一群", NOW.date())
    render(file, **names)
    begin = time.perf_counter()
    for _ in range(1000):
        render(file, **names)
    assert time.perf_counter() - begin < 1  # 1,000 compilations would take 2 s
