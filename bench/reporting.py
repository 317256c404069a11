"""Prints what was measured and keeps it as JSON."""

import json
import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

BUILD = Path(__file__).parents[1] / "build" / "bench"


@dataclass
class Report:
    """The figures of one benchmark, and whether they reach what was promised."""

    name: str
    figures: dict[str, object] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    def say(self, words: str) -> None:
        """Print a line at once."""
        print(f"{self.name}: {words}", flush=True)

    def figure(self, name: str, value: object, unit: str = "") -> None:
        """Print and keep one figure."""
        self.figures[name] = value
        shown = f"{value:,.2f}" if isinstance(value, float) else value
        self.say(f"{name}: {shown}{unit and ' ' + unit}")

    def at_least(self, name: str, value: float, floor: float, aim: float | None = None) -> None:
        """Print and keep a ratio that should be large."""
        reached = value >= floor
        self._judge(name, value, f"floor {floor:g} ×", aim, reached=reached)

    def at_most(
        self, name: str, value: float, ceiling: float, aim: float | None = None, unit: str = "×"
    ) -> None:
        """Print and keep a figure that should be small."""
        self._judge(name, value, f"at most {ceiling:g} {unit}", aim, reached=value <= ceiling)

    def _judge(
        self, name: str, value: float, wanted: str, aim: float | None, *, reached: bool
    ) -> None:
        self.figures[name] = round(value, 3)
        if not reached:
            self.missed.append(f"{name} is {value:.2f}: {wanted}")
        hope = "" if aim is None else f", aim {aim:g}"
        self.say(f"{name}: {value:.2f} ({wanted}{hope}){'' if reached else '  MISSED'}")

    def save(self) -> None:
        """Write build/bench/NAME.json."""
        BUILD.mkdir(parents=True, exist_ok=True)
        words = {
            "name": self.name,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "figures": self.figures,
            "missed": self.missed,
        }
        text = json.dumps(words, ensure_ascii=False, indent=2)
        (BUILD / f"{self.name}.json").write_text(text + "\n", "utf-8")


def middle(values: list[float]) -> float:
    """Return the median, 0 of nothing."""
    return median(values) if values else 0.0
