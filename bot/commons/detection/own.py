"""The operators' own rules, `content/detection.toml`, where no shelf is at hand."""

from pathlib import Path

from bot.commons.content.reading import read_alone
from bot.commons.detection.matter import OwnRules

FILE = "detection.toml"


def read_own(content: Path) -> OwnRules:
    """Return the rules that operators wrote in a content folder; none without the file.

    Raises:
        FileProblem: there is a mistake in it.
    """
    return read_alone(content, FILE, OwnRules)
