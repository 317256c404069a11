"""How long each picture takes to draw, and how large it is."""

import time
from datetime import date

from bench.options import Options
from bench.reporting import Report, middle
from bot.commons import pictures
from bot.commons.pictures import DayMark, Drawing, PollOption, RankRow

_DAY = date(2026, 8, 24)
_BRAND, _NAME = "拾光衣橱", "阿梅🌸的小衣橱"
_MOST_MS, _MOST_KIB = 150, 200


def _drawings() -> dict[str, Drawing]:
    marks = [DayMark.DONE] * 20 + [DayMark.MADE_UP, DayMark.MISSED, DayMark.TODAY]
    month = (*marks, *[DayMark.TO_COME] * 8)
    options = [PollOption(f"墨绿丝绒盘扣短外套 {n}", 40 - n, is_winner=n == 0) for n in range(8)]
    rows = [RankRow(place, f"{_NAME}{place}", f"{40 - place} 天") for place in range(1, 21)]
    address = "https://bot.example/m/salons/door?salon=7&t=" + "x" * 40
    return {
        "month calendar": pictures.MonthCalendar(
            _BRAND, _DAY.replace(day=1), month, 23, 20, 31, 200, _NAME
        ),
        "streak poster": pictures.StreakPoster(_BRAND, 100, _DAY, "谢谢你每天来坐坐。", _NAME),
        "poll chart, 8 options": pictures.PollChart(
            _BRAND, "你最想先看到哪一件上架？", tuple(options), 300, "20:00 截止", "满 50 人有效"
        ),
        "ranking of 20": pictures.Ranking(_BRAND, "八月打卡榜", tuple(rows), own=rows[-1]),
        "certificate": pictures.Certificate(_BRAND, "满月勋章", "三十天。", _DAY, _NAME, "0031"),
        "code to scan": pictures.QrSheet(_BRAND, "围炉茶会", address, "周六 14:30", "静安店"),
    }


def run(options: Options, report: Report) -> None:
    """Draw each picture many times; the first time with everything cold counts for itself."""
    rounds = options.rounds or 50
    began = time.perf_counter()
    pictures.draw(next(iter(_drawings().values())))
    report.figure("first picture of a process, ms", (time.perf_counter() - began) * 1000, "ms")
    for name, drawing in _drawings().items():
        took = [_took_ms(drawing) for _ in range(rounds)]
        report.at_most(f"{name}, ms", middle(took), _MOST_MS, unit="ms")
        size = len(pictures.draw(drawing)) / 1024
        report.at_most(f"{name}, KiB", size, _MOST_KIB, unit="KiB")


def _took_ms(drawing: Drawing) -> float:
    began = time.perf_counter()
    pictures.draw(drawing)
    return (time.perf_counter() - began) * 1000
