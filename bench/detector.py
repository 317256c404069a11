"""What the detector costs a message, against the plain list of alarm words of a typical bot.

Both look at the same messages in turn: the examples that come with the house, and long ones made
of several. Counted is the thread's own time, so that neighbours count little, of the first time:
what was seen before is remembered.
"""

import re
import time
from collections.abc import Callable, Sequence
from functools import partial

from bench.options import Options
from bench.reporting import Report, middle
from bot.commons.detection import Detector, Role, Turn
from bot.commons.learning import examples, model
from bot.commons.learning.train import measure
from bot.commons.learning.versions import classifier

_MOST_MS, _MOST_LONG_MS, _MOST_MB = 5, 20, 10
_ALARM_WORD = re.compile(
    "投诉|退款|退货|差评|骗子|假货|垃圾|质量问题|太差|赔偿|曝光|律师|起诉|人工|客服|经理|店长"
    "|坏了|破损|发错|维权|举报|不满意|没收到|态度差|团购|批发|定制|采购"
)


def run(options: Options, report: Report) -> None:
    """Measure both on every message, and what the detector finds of the frozen examples."""
    began = time.perf_counter()
    weights = classifier(None)
    report.figure("weights read, ms", (time.perf_counter() - began) * 1000, "ms")
    report.at_most("weights, MB", model.SHIPPED.stat().st_size / 1e6, _MOST_MB, unit="MB")
    detector = Detector(None, weights)
    talks = [example.turns for example in examples.frozen()]
    talks = talks[:: 1 if options.long else 2]
    _compare("message", talks, _MOST_MS, detector, report)
    longest = [_long(talks, at) for at in range(60)]
    _compare("message of 900 characters", longest, _MOST_LONG_MS, detector, report)
    report.say(f"frozen examples: {measure(detector, examples.frozen()).told()}")


def _compare(
    name: str, talks: Sequence[Sequence[Turn]], most_ms: float, detector: Detector, report: Report
) -> None:
    ours, theirs = [], []
    for turns in talks:
        ours.append(_took_ms(partial(detector.detect, turns)))
        theirs.append(_took_ms(partial(_has_alarm_word, turns)))
    report.figure(f"{name}: p50", round(middle(ours), 3), "ms")
    report.at_most(f"{name}: p99, ms", sorted(ours)[len(ours) * 99 // 100], most_ms, unit="ms")
    report.figure(f"{name}: list of alarm words, p50", round(middle(theirs), 4), "ms")


def _has_alarm_word(turns: Sequence[Turn]) -> bool:
    said = ".".join(turn.text for turn in turns if turn.role is Role.USER)
    return bool(_ALARM_WORD.search(said))


def _long(talks: Sequence[Sequence[Turn]], at: int) -> Sequence[Turn]:
    said = "，".join(turn.text for turns in talks[at : at + 120] for turn in turns)
    return [Turn(Role.USER, said[:900])]


def _took_ms(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000
