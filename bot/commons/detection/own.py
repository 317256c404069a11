"""The operators' own rules, `content/detection.toml`, where no shelf is at hand."""

from pathlib import Path

from bot.commons.content.paths import shown
from bot.commons.content.reading import read_table
from bot.commons.detection.matter import OwnRules
from bot.kernel.errors import FileProblem

FILE = "detection.toml"


def read_own(content: Path) -> OwnRules:
    """Return the rules that operators wrote in a content folder; none without the file.

    Raises:
        FileProblem: there is a mistake in it.
    """
    if not (content / FILE).is_file():
        return OwnRules()
    table, problems, _ = read_table(content / FILE, f"{shown(content)}/{FILE}", OwnRules)
    if not isinstance(table, OwnRules):
        raise FileProblem(list(problems))
    return table
