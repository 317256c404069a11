"""A process that dies, a member who goes, a model that is taken away: nothing is asked for ever."""

import pytest

from bot.commons import cases, members
from bot.features import opinion
from bot.features.opinion import service
from bot.features.opinion.applying import apply
from bot.features.opinion.listeners import judged
from bot.features.opinion.rules import CLAIM_S, FRESH_S, KEEP_DAYS
from bot.features.opinion.service import Question
from bot.features.privacy.service import erase
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.community import Advisor, Advisors
from bot.kernel.events import Judged
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.opinions import OpinionLabel, SecondOpinion, Verdict
from bot.kernel.ports import Mailbox, Words
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.transcript import Transcript
from bot.kernel.work import Statement
from bot.pipeline.afterwards import Post
from bot.pipeline.errands import Messenger
from bot.pipeline.transcript import Books
from tests.kit.house import plain_tools
from tests.kit.opinion import FakeModel
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, renderer

YES = Verdict(OpinionLabel.COMPLAINT, 2, 0.9, "等了很久", tokens=100)
NO = Verdict(OpinionLabel.FAQ, 0, 0.0, "只是在问", tokens=100)


class Desk:
    """The room on a database, with steps of the errand to be taken one by one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tools = plain_tools([opinion.feature])
        self.tools.add(Advisors, Advisors([Advisor("lisi", "李顾问")]))
        self.tools.add(Words, renderer("opinion", "care"))
        self.tools.add(Transcript, Books())
        self.tools.add(Mailbox, Post())
        self.tools.add(Errands, Messenger())
        self.model = FakeModel().door()
        self.configures(self.model)

    def configures(self, model: SecondOpinion | None) -> None:
        """Have a model to ask, or none any more."""
        abilities = Abilities()
        abilities.offer(ChannelName("opinion"), {SecondOpinion: model} if model else {})
        self.tools.add(Abilities, abilities)

    def judges(self, who: str = "amei", score: float = 0.3) -> MemberId:
        """Let the detector be in doubt about a message."""
        now = self.store.clock.now()
        member = self.store.do(lambda uow: members.resolve(uow, CHANNEL, who, now))
        key = f"{who}:{now.isoformat()}"
        event = Judged(
            member, CHANNEL, "", who, key, now, "算了", score, "complaint", 1, ("等了很久",), ""
        )
        self.store.do(lambda uow: judged(uow, event, self.tools))
        return member

    def claims(self) -> Question | None:
        """Claim a question, as the errand does before it asks."""
        return self.store.do(lambda uow: service.claim(uow, self.tools, self.model))

    def must_claim(self) -> Question:
        question = self.claims()
        assert question is not None
        return question

    def hears(self, question: Question, verdict: Verdict) -> str:
        """Let an answer count."""
        return self.store.do(lambda uow: apply(uow, self.tools, question, verdict))

    def alarms(self, member: MemberId, key: str, severity: int = 1) -> int:
        """Let a message open a case, or join the open one; return its number."""
        now = self.store.clock.now()
        place = (["等了很久"], now, CHANNEL, "", "amei")
        concern = cases.Concern(member, cases.Kind.COMPLAINT, severity, *place, key=key)
        return self.store.do(lambda uow: cases.open_case(uow, concern).case.id)

    def tidies(self) -> None:
        [job] = opinion.feature.jobs
        self.store.do(lambda uow: job.run(uow, self.tools))

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.store.do(lambda uow: uow.run(Statement(sql)))]


@pytest.fixture
def desk(store_on_both: Store) -> Desk:
    return Desk(store_on_both)


def test_a_question_whose_process_died_is_asked_once_more_and_never_again(desk: Desk) -> None:
    desk.judges()

    assert desk.must_claim().tries == 1
    assert desk.claims() is None, "somebody may be asking"
    desk.store.clock.tick(seconds=CLAIM_S)
    assert desk.must_claim().tries == 2
    desk.store.clock.tick(seconds=CLAIM_S)
    assert desk.claims() is None
    assert desk.ask("SELECT state, why, words FROM opinions") == [("failed", "crashed", "")]
    assert desk.ask("SELECT requests, failed FROM opinion_days") == [(2, 1)]


def test_what_a_question_may_cost_is_written_down_before_it_is_asked(desk: Desk) -> None:
    desk.judges()

    question = desk.must_claim()

    aside = desk.model.most_tokens(question.turns)
    assert desk.ask("SELECT requests, tokens FROM opinion_days") == [(1, aside)]
    desk.hears(question, YES)
    assert desk.ask("SELECT requests, tokens FROM opinion_days") == [(1, 100)]
    assert desk.ask("SELECT tokens FROM opinions") == [(100,)]


def test_an_answer_that_comes_after_another_try_changes_nothing(desk: Desk) -> None:
    desk.judges()
    first = desk.must_claim()
    desk.store.clock.tick(seconds=CLAIM_S)
    second = desk.must_claim()

    assert desk.hears(first, YES) == ""
    assert desk.ask("SELECT * FROM cases") == []
    assert desk.hears(second, YES) == "raised"
    assert desk.hears(second, YES) == ""
    assert len(desk.ask("SELECT * FROM case_evidence")) == 1


def test_a_member_who_is_erased_meanwhile_is_not_found_again(desk: Desk) -> None:
    member = desk.judges()
    question = desk.must_claim()
    registry = PersonalRegistry(opinion.feature.personal)
    desk.store.do(lambda uow: erase(uow, registry, member))

    assert desk.ask("SELECT * FROM opinions") == []
    assert desk.hears(question, YES) == ""
    assert desk.ask("SELECT * FROM cases") == []
    assert desk.ask("SELECT requests, tokens FROM opinion_days") == [(1, 100)]


def test_what_is_hers_goes_over_to_who_she_turned_out_to_be(desk: Desk) -> None:
    goes, stays = desk.judges("amei"), desk.judges("lily")
    registry = PersonalRegistry(opinion.feature.personal)
    question = desk.must_claim()
    desk.store.do(lambda uow: registry.move(uow, goes, stays))

    assert desk.hears(question, YES) == "raised"
    assert desk.ask("SELECT member_id FROM cases") == [(stays,)]


def test_an_alarm_is_doubted_while_it_stands_alone(desk: Desk) -> None:
    member = desk.judges(score=0.6)
    desk.alarms(member, "k1")

    assert desk.hears(desk.must_claim(), NO) == "lowered"
    assert len(desk.ask("SELECT * FROM case_steps WHERE what = 'noted'")) == 1


def test_an_alarm_that_stands_on_more_meanwhile_is_not_doubted(desk: Desk) -> None:
    member = desk.judges(score=0.6)
    question = desk.must_claim()
    desk.alarms(member, "k1")
    desk.alarms(member, "k2")

    assert desk.hears(question, NO) == "lowered"
    assert desk.ask("SELECT * FROM case_steps WHERE what = 'noted'") == []


def test_an_alarm_that_has_become_grave_meanwhile_is_not_doubted(desk: Desk) -> None:
    member = desk.judges(score=0.6)
    question = desk.must_claim()
    desk.alarms(member, "k1", severity=3)

    assert desk.hears(question, NO) == "lowered"
    assert desk.ask("SELECT * FROM case_steps WHERE what = 'noted'") == []


def test_an_alarm_that_an_advisor_has_taken_is_not_doubted(desk: Desk) -> None:
    member = desk.judges(score=0.6)
    question = desk.must_claim()
    number = desk.alarms(member, "k1")
    desk.store.do(lambda uow: cases.assign(uow, number, "lisi", who="bot", why="routed"))
    desk.store.do(lambda uow: cases.accept(uow, number, "lisi"))

    assert desk.hears(question, NO) == "lowered"
    assert desk.ask("SELECT * FROM case_steps WHERE what = 'noted'") == []
    assert desk.ask("SELECT state FROM cases") == [("accepted",)]


def test_what_nobody_is_asked_about_any_more_loses_its_words(desk: Desk) -> None:
    desk.judges("amei")
    desk.must_claim()
    desk.judges("lily")
    desk.configures(None)
    desk.tidies()
    assert desk.ask("SELECT count(*) FROM opinions WHERE words <> ''") == [(2,)]
    desk.store.clock.tick(seconds=FRESH_S + CLAIM_S)
    desk.tidies()

    sql = "SELECT state, why, words, turns FROM opinions ORDER BY id"
    assert desk.ask(sql) == [("failed", "crashed", "", "[]"), ("skipped", "off", "", "[]")]


def test_results_are_forgotten_after_a_month(desk: Desk) -> None:
    desk.judges()
    desk.hears(desk.must_claim(), NO)
    desk.store.clock.tick(days=KEEP_DAYS, seconds=-1)
    desk.tidies()
    assert len(desk.ask("SELECT * FROM opinions")) == 1
    desk.store.clock.tick(seconds=1)
    desk.tidies()

    assert desk.ask("SELECT * FROM opinions") == []
    assert desk.ask("SELECT answered FROM opinion_days") == [(1,)]


def test_nothing_is_wanted_where_nobody_can_be_asked(desk: Desk) -> None:
    desk.configures(None)
    desk.judges()

    assert desk.ask("SELECT * FROM opinions") == []
