"""`make soak`: prints its seed and what came of it, and ends with 1 where a promise was broken."""

import argparse
import asyncio
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.kills import kill_again_and_again


def main() -> int:
    """Run what the flags say; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make soak", description="Kill the bot again and again, and look at what is left.")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--every", type=int, default=20, help="kills between two close looks")
    parser.add_argument("--minutes", type=float, default=40.0, help="the longest it may take")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    sys.stdout.write(f"seed {options.seed}\n")
    sys.stdout.flush()
    with TemporaryDirectory() as folder:
        report = asyncio.run(
            kill_again_and_again(
                Path(folder), kills=options.kills, every=options.every, seed=options.seed, seconds=options.minutes * 60
            )
        )
    sys.stdout.write("\n".join([str(report), *report.faults]) + "\n")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
