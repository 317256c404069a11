"""`python -m bench` lists the benchmarks; `python -m bench accept trip` runs two of them."""

import argparse
import sys
from importlib import import_module

from bench.options import Options
from bench.reporting import Report

BENCHMARKS = {
    "accept": "durable accept against WeRoBot's echo and against bare aiohttp",
    "trip": "a whole check-in with delivery, against WeRoBot and nonebot2",
    "overload": "twice the capacity with repeats, and a SIGKILL in the middle",
    "plan": "a mass send to 10,000 groups and to 100,000",
    "mass": "tasks for the owners of 10,000 customer groups, each once",
    "members": "a check-in among many members against one among few",
    "groups": "2,000 customer groups made equal to a platform that loses callbacks",
    "month": "a month of 200 groups × 50 members against an oracle",
    "care": "a week of 2,000 conversations and 12 advisors, audited; --cost: what judging costs",
    "pictures": "each picture drawn, and how large it is",
    "detector": "what the detector costs a message, against a list of alarm words",
    "start": "cold start until ready, memory at rest",
    "chaos": "SIGKILL at every step and at random, then an audit",
}


def main() -> int:
    """Run what is asked for; 1 when a floor was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks, or `all`")
    parser.add_argument("--long", action="store_true", help="the lengths of the docs' figures")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of ours and each peer")
    parser.add_argument("--kills", type=int, default=0, help="chaos, care: how many")
    parser.add_argument("--postgres", action="store_true", help="chaos, trip, care: two replicas")
    parser.add_argument("--rush", action="store_true", help="chaos: a hundred want one of twenty")
    parser.add_argument("--cost", action="store_true", help="care: what judging costs")
    parser.add_argument("--seed", type=int, default=1)
    found = vars(parser.parse_args())
    names = list(BENCHMARKS) if found["names"] == ["all"] else found["names"]
    del found["names"]
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if not names:
        for name, words in BENCHMARKS.items():
            print(f"{name:10} {words}")
        return 0
    return sum(_run(name, Options(**found)) for name in names) and 1


def _run(name: str, options: Options) -> bool:
    report = Report(name)
    import_module(f"bench.{name}").run(options, report)
    report.save()
    return bool(report.missed)


if __name__ == "__main__":
    sys.exit(main())
