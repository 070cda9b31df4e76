"""Standard input as a lifeline: a bot that was started by another program ends when that program does, however it ends.

Whoever starts it holds the other end of a pipe and never writes; the system closes that end even after `kill -9`. A thread
does the waiting, since not every system and not every kind of input lets the event loop do it.
"""

import asyncio
import os
import threading
from contextlib import suppress
from typing import Final

STDIN: Final = 0


def end_with_stdin(stop: asyncio.Event, descriptor: int = STDIN) -> None:
    """Set `stop`, as a signal would, once standard input ends; what comes before its end is ignored."""
    loop = asyncio.get_running_loop()

    def wait() -> None:
        with suppress(OSError):  # an input that cannot be read is one that has ended
            while os.read(descriptor, 4096):
                pass
        with suppress(RuntimeError):  # the loop has ended before the input
            loop.call_soon_threadsafe(stop.set)

    # A daemon, so that an end for another reason does not wait for the input. It has no buffer whose lock it could hold.
    threading.Thread(target=wait, name="lifeline", daemon=True).start()
