from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commons.answers import Folding, Hit, Index, Leaf, Sureness, Synonyms, judge
from bot.commons.content import Library
from bot.features.faq.book import Book, book_of
from bot.features.faq.rules import FaqSettings
from tests.kit.care import FORMS
from tests.kit.house import ROOT

LEAVES = [
    Leaf("hours", ["几点开门", "营业时间", "几点关门"], "每天 10:00–21:30"),
    Leaf("returns", ["怎么退货", "七天无理由吗"], "吊牌还在可以退"),
    Leaf("points", ["积分怎么用", "积分能换什么"]),
]
SETTINGS = FaqSettings()


@pytest.fixture(scope="module")
def example_book() -> Book:
    return book_of(Library.read(ROOT / "content", forms=FORMS))


def labelled(name: str = "questions.tsv") -> list[tuple[str, str]]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return [("" if path == "-" else f"faq/{path}.md", said) for path, said in rows]


def test_the_example_answers_what_members_ask_in_their_own_words(example_book: Book) -> None:
    asked = [(path, said) for path, said in labelled() if path]
    found = [(path, example_book.index.find(said)) for path, said in asked]
    first = sum(bool(hits) and hits[0].key == path for path, hits in found)
    three = sum(path in {hit.key for hit in hits[:3]} for path, hits in found)

    assert len(asked) >= 150
    assert len(example_book.files) >= 25
    assert first >= 0.9 * len(asked)
    assert three >= 0.95 * len(asked)


def test_a_wrong_answer_is_given_to_hardly_anybody(example_book: Book) -> None:
    given_to = [
        (path, meant[0].key)
        for path, said in labelled()
        for sureness, meant in [_judged(example_book, said)]
        if sureness is Sureness.SURE
    ]
    wrong = [(path, key) for path, key in given_to if path != key]

    assert len(given_to) >= 100
    assert len(wrong) <= 0.03 * len(given_to)


def test_questions_that_nothing_was_tuned_for_get_no_wrong_answers(example_book: Book) -> None:
    asked = labelled("held_out.tsv")
    judged = [(path, _judged(example_book, said)) for path, said in asked]
    wrong = [path for path, (sure, hits) in judged if sure is Sureness.SURE and hits[0].key != path]
    first = [path for path, said in asked if path and _first(example_book, said) == path]

    assert len(wrong) <= 1
    assert len(first) >= 0.75 * sum(bool(path) for path, _ in asked)


def _first(book: Book, said: str) -> str:
    return next((hit.key for hit in book.index.find(said, most=1)), "")


def test_what_is_about_something_else_is_seldom_answered(example_book: Book) -> None:
    others = [said for path, said in labelled() if not path]

    answered = [said for said in others if _judged(example_book, said)[0] is Sureness.SURE]

    assert len(others) >= 50
    assert len(answered) <= 0.04 * len(others)


def _judged(book: Book, said: str) -> tuple[Sureness, list[Hit]]:
    hits = book.index.find(said)
    sure, meant = judge(hits, sure=SETTINGS.sure, unsure=SETTINGS.unsure, ahead=SETTINGS.ahead)
    return sure, list(meant)


@example("")
@example("？" * 10_000)
@example("几点开门" * 10_000)
@example("\ud800")
@given(st.text(max_size=300))
def test_nothing_that_is_said_breaks_it(said: str) -> None:
    hits = Index(LEAVES).find(said)

    assert all(0 < hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(sum(term.share for term in hit.terms) < 1.001 for hit in hits)


@given(
    st.permutations(range(len(LEAVES))), st.text(alphabet="几点开门退货积分怎么用的", max_size=12)
)
def test_the_order_of_the_files_means_nothing(order: list[int], said: str) -> None:
    turned = [LEAVES[place] for place in order]

    assert Index(turned).find(said) == Index(LEAVES).find(said)


def test_the_order_of_the_questions_of_a_file_means_nothing() -> None:
    turned = Leaf("hours", LEAVES[0].questions[::-1], LEAVES[0].beside)

    assert Index([turned]).find("几点门") == Index(LEAVES[:1]).find("几点门")


@pytest.mark.parametrize(
    "said", ["几点开门", "請問幾點開門？", "　几 点 开 门！！", "@小拾 几点开门呀", "几点开们"]
)
def test_script_width_spacing_and_a_slip_change_nothing(said: str) -> None:
    assert Index(LEAVES).find(said)[0].key == "hours"


def test_a_table_of_synonyms_leads_to_words_that_stand_nowhere() -> None:
    folding = Folding(Synonyms(same=(("营业", "上班"), ("关门", "打烊")), nothing=("请问",)))

    assert Index(LEAVES, folding).find("请问几点打烊")[0].score == pytest.approx(1)
    assert Index(LEAVES).find("打烊") == []


def test_a_question_as_it_stands_in_a_file_scores_all() -> None:
    hit = Index(LEAVES).find("怎么退货")[0]

    assert (hit.key, hit.question) == ("returns", "怎么退货")
    assert hit.score == pytest.approx(1)
    assert {term.words for term in hit.terms} == {"怎", "么", "退", "货", "怎么", "么退", "退货"}


def test_two_that_are_equally_likely_are_both_offered() -> None:
    hits = Index([Leaf("a", ["积分"]), Leaf("b", ["积分"]), Leaf("c", ["停车"])]).find("积分")

    sureness, meant = judge(hits, sure=0.5, unsure=0.3, ahead=0.05)

    assert sureness is Sureness.UNSURE
    assert [hit.key for hit in meant] == ["a", "b"]


def test_an_empty_index_finds_nothing() -> None:
    assert Index([]).find("几点开门") == []
    assert judge([], sure=0.5, unsure=0.3, ahead=0.05) == (Sureness.NOT, ())
