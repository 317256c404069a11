"""The mapping file: how the table of another system becomes ours."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.sheets.rows import Renaming
from bot.kernel.checking import check, decode, parse_toml
from bot.kernel.errors import FileProblem, Problem

_MOST_BYTES = 64 * 1024


class RenamingFile(BaseModel):
    """The tables of a mapping file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    always: dict[str, str] = Field(default_factory=dict)
    prefix: dict[str, str] = Field(default_factory=dict)


def read_renaming(path: Path) -> Renaming:
    """Read a mapping file.

    Raises:
        FileProblem: everything that is wrong with it.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES)
    except OSError as exc:
        message = f"cannot read the mapping: {exc.strerror}"
        raise FileProblem([Problem(str(path), 1, "missing-file", message)]) from None
    source = parse_toml(str(path), decode(str(path), raw))
    found, problems = check(RenamingFile, source.data, source)
    if found is None:
        raise FileProblem(problems)
    return Renaming(found.columns, found.values, found.always, found.prefix)
