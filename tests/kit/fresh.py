"""A fresh interpreter, which has imported nothing of ours yet."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def words_of(script: str) -> set[str]:
    """Run `script` in a fresh interpreter; return the words of the last line that it prints."""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=_ROOT
    )
    return set(ran.stdout.splitlines()[-1].split())


def imported_by(script: str) -> set[str]:
    """Return the modules that are there after a fresh interpreter has run `script`."""
    told = "import sys; print(*(name for name, made in sys.modules.items() if made))"
    return words_of(f"{script}\n{told}")
