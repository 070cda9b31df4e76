"""What a delta costs with 100 to 400 streams at once, from the socket to the store: `python -m bench.streams 100 400`.

One process asks a model server in another for so many answers of 50 deltas a second, through the real client, sessions and
store; nobody shows them. Prints, for each number, the share of one core that it took, microseconds of it a delta, and how late
the last answer ended.
"""

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

from agent.config import AgentConfig
from agent.events import Event, TextDelta, TurnEnded
from agent.openai_client import OpenAIClient
from agent.runtimes import Runtimes
from bench.model import Script, model_server
from storage.records import Actor, Prompt, Source, SourceKind, TurnState
from storage.sqlite.open import open_store

SCRIPT = Script(first=1.0, rate=50.0, seconds=10.0, size=6)


@dataclass(slots=True)
class Heard:
    """Counts what a session tells."""

    streams: int
    deltas: int = 0
    ended: int = 0
    characters: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, event: Event) -> None:
        """The listener of every session."""
        if isinstance(event, TextDelta):
            self.deltas += 1
            self.characters += len(event.text)
        elif isinstance(event, TurnEnded):
            assert event.outcome is TurnState.COMPLETED, event.error
            self.ended += 1
            if self.ended == self.streams:
                self.over.set()


async def measure(streams: int) -> str:
    """So many answers at once; what came of it, as a line."""
    heard = Heard(streams)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store = await open_store(Path(folder) / "cubby.db")
        async with model_server(SCRIPT) as address:
            model = OpenAIClient("bench", base_url=address)
            async with Runtimes(store, model, AgentConfig(running_turns=streams), heard.hear) as runtimes:
                began, used = perf_counter(), process_time()
                await asyncio.gather(*(_ask(runtimes, 1 + who) for who in range(streams)))
                await heard.over.wait()
                took, used = perf_counter() - began, process_time() - used
            await model.close()
        await store.close()
    assert heard.characters == streams * len(SCRIPT.text)
    deltas = streams * SCRIPT.deltas
    late = took - SCRIPT.first - (SCRIPT.deltas - 1) / SCRIPT.rate
    return (
        f"{streams:4} streams: {used / took:4.0%} of a core, {used / deltas * 1e6:3.0f} us a delta, "
        f"{deltas / heard.deltas:.1f} deltas an event, the last ended {late:.2f} s late"
    )


async def _ask(runtimes: Runtimes, who: int) -> None:
    source = Source(kind=SourceKind.MESSAGE, id=who, channel_id=1)
    await runtimes.of(Actor(who)).say(Prompt(text="go on", source=source))


if __name__ == "__main__":
    print(f"load before: {os.getloadavg()[0]:.2f}")
    for number in sys.argv[1:] or ("100", "200", "400"):
        print(asyncio.run(measure(int(number))), flush=True)
