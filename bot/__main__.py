"""The entry: `python -m bot` is the same as `bot`.

What a start does before its first own line is most of what it does: it imports a thousand modules.
"""

import gc
import sys


def main() -> None:
    """Import the commands, as quickly as can be, and run one."""
    # structlog draws with rich where it finds it. We print lines: 3 MiB and 30 ms for nothing.
    sys.modules["rich"] = None  # type: ignore[assignment]  # as the import system itself marks it
    gc.disable()  # what is imported stays: looking for garbage among it takes a sixth of the time
    from bot.cli import main as run  # noqa: PLC0415 - see above

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
