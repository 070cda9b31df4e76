"""`make soak`: prints its seed and what came of each part, and ends with 1 where a promise was broken.

Four parts: kills of the real process under load; the same while Discord, the model and the disk fail; many turns and switches,
after which nothing has grown; and the state machine over the whole bot. A number of 0 leaves a part out.
"""

import argparse
import asyncio
import logging
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.flat import many_turns
from tests.soak.kills import kill_again_and_again
from tests.soak.service import many_steps

Part = Callable[[Path], list[str]]


def main() -> int:
    """Run what the flags say; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make soak", description="Break the bot again and again, and look at what is left.")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--troubled-kills", type=int, default=100, help="kills while all else fails too")
    parser.add_argument("--turns", type=int, default=10_000, help="turns, and as many switches, that must leave nothing")
    parser.add_argument("--steps", type=int, default=10_000, help="of the state machine")
    parser.add_argument("--every", type=int, default=20, help="kills between two close looks")
    parser.add_argument("--minutes", type=float, default=40.0, help="the longest that either kind of kills may take")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # the model's, of clients that were killed
    say(f"seed {options.seed}")
    faults: list[str] = []
    parts: list[tuple[int, Part]] = [
        (options.kills, lambda folder: kills(folder, options, troubled=False)),
        (options.troubled_kills, lambda folder: kills(folder, options, troubled=True)),
        (options.turns, lambda folder: turns(folder, options)),
        (options.steps, lambda _: steps(options)),
    ]
    for count, part in parts:
        if count:
            with TemporaryDirectory() as folder:
                faults += part(Path(folder))
    say(*(faults or ["no promise was broken"]))
    return 1 if faults else 0


def kills(folder: Path, options: argparse.Namespace, *, troubled: bool) -> list[str]:
    """Kill, and look."""
    number = options.troubled_kills if troubled else options.kills
    work = kill_again_and_again(
        folder, kills=number, every=options.every, seed=options.seed, seconds=options.minutes * 60, troubled=troubled
    )
    report = asyncio.run(work)
    say(f"{'with everything failing: ' if troubled else ''}{report}")
    return report.faults


def turns(folder: Path, options: argparse.Namespace) -> list[str]:
    """Look whether anything grows."""
    measures, faults = asyncio.run(many_turns(folder, turns=options.turns, seed=options.seed))
    say(*measures)
    return faults


def steps(options: argparse.Namespace) -> list[str]:
    """Hold the bot against the plain reference."""
    logging.disable(logging.CRITICAL)
    begun = time.monotonic()
    done, faults = many_steps(steps=options.steps, first_seed=options.seed)
    say(f"{done} steps of the state machine, {len(faults)} faults, {time.monotonic() - begun:.0f} s")
    return faults


def say(*lines: object) -> None:
    """On standard output, at once."""
    sys.stdout.write("\n".join(map(str, lines)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
