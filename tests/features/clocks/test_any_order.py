"""Whatever happens in whatever order: each step once, none at night, nothing due is forgotten."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import duty
from bot.commons.cases import Kind
from bot.commons.duty import Hours, NeverOpens
from bot.kernel.events import CaseAssigned, CaseEscalated, ClockWarned
from bot.kernel.reception import Duty
from bot.kernel.work import Statement
from bot.storage.columns import instant
from tests.kit.desk import Desk
from tests.kit.rooms import Store
from tests.kit.ward import Ward

Told = CaseEscalated | ClockWarned | CaseAssigned
"""What somebody's phone rings for."""
GRAVE = {"safety": 3, "complaint": 2}
WISHES = st.sampled_from(["human", "value", "complaint", "complaint", "safety", "picture"])
ACTS = st.one_of(
    st.tuples(st.just("opens"), WISHES),
    st.tuples(st.just("writes"), st.just("")),
    st.tuples(st.just("answers"), st.sampled_from(["", "wangwu"])),
    st.tuples(st.just("accepts"), st.just("")),
    st.tuples(st.just("resolves"), st.just("")),
    st.tuples(st.just("promises"), st.sampled_from(["answer", "callback"])),
    st.tuples(st.just("goes"), st.sampled_from(["lisi", "wangwu", "chen", "zhao"])),
    st.tuples(st.just("comes"), st.sampled_from(["lisi", "wangwu", "chen", "zhao"])),
    st.tuples(st.just("restarts"), st.just("")),
)
MINUTES = st.one_of(st.integers(0, 20), st.integers(0, 1200))
STORY = st.lists(st.tuples(MINUTES, st.booleans(), ACTS), min_size=1, max_size=9)
"""After how many minutes, whether the house was down meanwhile, and what happens then."""


@dataclass
class Life:
    """One member's case through a story."""

    ward: Ward
    folder: Path
    case: int = 0
    was_down: bool = False
    told: list[tuple[datetime, bool, Told]] = field(default_factory=list)

    def look(self) -> None:
        """Note what was told since, and whether it may ring at night."""
        for event in self.ward.events:
            if isinstance(event, Told):
                case = self.ward.case(event.case)
                is_grave = case.kind is Kind.SAFETY or case.severity >= 3
                self.told.append((self.ward.clock.now(), is_grave, event))
        self.ward.events.clear()

    def goes_on(self, minutes: int, *, down: bool) -> None:
        to = self.ward.clock.now() + timedelta(minutes=minutes)
        if down:
            self.was_down = self.was_down or minutes > 0
            self.ward.store.clock.at = to
            self.ward.sweeps()
            self.look()
            return
        self.ward.sweeps()
        self.look()
        while (stop := self.ward.next_due()) and stop < to:
            self.ward.store.clock.at = stop
            self.ward.sweeps()
            self.look()
        self.ward.store.clock.at = to
        self.ward.sweeps()
        self.look()

    def does(self, act: str, what: str) -> None:
        ward = self.ward
        match act:
            case "opens":
                self.case = ward.opens("amei", Kind(what), GRAVE.get(what, 1))
            case "goes" | "comes":
                ward.says(what, Duty.OFF if act == "goes" else Duty.ON)
            case "restarts":
                self.folder = self.folder / "again"
                self.folder.mkdir()
                self.ward = Ward(ward.store, Desk(self.folder))
            case _ if self.case and ward.case(self.case).state.is_with_humans:
                self._cares(act, what)
        self.look()

    def _cares(self, act: str, what: str) -> None:
        ward, case = self.ward, self.case
        match act:
            case "writes":
                ward.writes(case)
            case "answers":
                ward.answers(case, what or ward.case(case).advisor or "lisi")
            case "accepts" if ward.case(case).accepted_at is None:
                ward.accepts(case)
            case "resolves":
                ward.resolves(case)
            case "promises":
                ward.promises(case, ward.clock.now() + timedelta(hours=3), what)


@settings(max_examples=20, deadline=None)
@given(STORY, st.sampled_from(["24 08:00", "24 11:40", "24 21:10", "25 02:00", "25 20:00"]))
def test_any_story(story: list[tuple[int, bool, tuple[str, str]]], begins: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        store = Store(folder)
        life = Life(Ward(store, Desk(folder)), folder)
        life.ward.at(begins)
        life.does("opens", "human")
        for minutes, down, (act, what) in story:
            life.goes_on(minutes, down=down)
            life.does(act, what)
        life.goes_on(3 * 24 * 60, down=False)
        try:
            check(life)
        finally:
            store.close()


def check(life: Life) -> None:
    ward = life.ward
    shop = ward.do(lambda uow: duty.rota(uow, ward.tools)).shop
    for at, is_grave, event in life.told:
        assert is_grave or shop.is_open(at), (at, event)
    rows = ward.do(
        lambda uow: uow.run(
            Statement(
                "SELECT timer, due_at, breached_at, stopped_at, paused_at, stopped_by, level"
                " FROM case_clocks"
            )
        )
    )
    clocks = Counter(str(row[0]).partition(":")[0] for row in rows)
    warned = Counter(
        (event.timer, event.percent) for _, _, event in life.told if isinstance(event, ClockWarned)
    )
    assert all(times <= clocks[timer] for (timer, _), times in warned.items()), (warned, clocks)
    climbed = [event for _, _, event in life.told if isinstance(event, CaseEscalated)]
    taken = ward.do(lambda uow: uow.run(Statement("SELECT timer, step FROM case_ladder")))
    assert len(climbed) <= len(taken)
    now = ward.clock.now()
    for _name, due_at, breached_at, stopped_at, paused_at, _by, level in rows:
        hours = Hours.always() if level == "safety" else shop
        until = now if stopped_at is None else instant(stopped_at)
        looked = (stopped_at is None and paused_at is None) or not life.was_down
        rings_at = _opens(hours, instant(due_at))
        if looked and paused_at is None and rings_at < until:
            assert breached_at is not None, (_name, level, rings_at, until)


def _opens(hours: Hours, at: datetime) -> datetime:
    try:
        return hours.next_open(at) or datetime.max.replace(tzinfo=at.tzinfo)
    except NeverOpens:
        return datetime.max.replace(tzinfo=at.tzinfo)
