"""Files that came with prompts, in memory."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from storage.errors import FilesFull
from storage.memory.state import State
from storage.records import Actor, Content, File


class MemoryFiles:
    """The `Files` of the in-memory store."""

    def __init__(self, state: State, space: int) -> None:
        self._state, self._space = state, space

    async def texts(self, actor: Actor, session_id: UUID, digests: Iterable[str]) -> Mapping[str, str]:
        """See `Files.texts`."""
        found = {digest: self._content(actor, session_id, digest) for digest in digests}
        return {digest: content.text for digest, content in found.items() if content is not None}

    async def data(self, actor: Actor, session_id: UUID, digest: str) -> bytes | None:
        """See `Files.data`."""
        content = self._content(actor, session_id, digest)
        return None if content is None else content.data

    async def known(self, actor: Actor, digests: Iterable[str]) -> AbstractSet[str]:
        """See `Files.known`."""
        return {digest for digest in digests if (actor.user_id, digest) in self._state.files}

    async def used(self, actor: Actor) -> int:
        """See `Files.used`."""
        return sum(content.size for content in _all(self._state, actor).values())

    async def room(self, actor: Actor) -> int | None:
        """See `Files.room`."""
        return max(0, self._space - await self.used(actor)) if self._space else None

    def _content(self, actor: Actor, session_id: UUID, digest: str) -> Content | None:
        session = self._state.session(actor, session_id)
        return self._state.files.get((actor.user_id, digest)) if digest in self._state.files_of(session) else None


def refuse_files(state: State, actor: Actor, files: Sequence[File], space: int) -> None:
    """Raises `FilesFull` where the person's files and these would take more than `space` bytes; 0 is no limit."""
    there = _all(state, actor)
    together = there | {file.attached.digest: file.content for file in files}
    if space and len(together) > len(there) and sum(content.size for content in together.values()) > space:
        raise FilesFull


def _all(state: State, actor: Actor) -> dict[str, Content]:
    """The person's files, by digest. Those of a pending choice are in its prompt."""
    own = {digest: content for (owner, digest), content in state.files.items() if owner == actor.user_id}
    for choice in state.choices.values():
        prompt = choice.departure.prompt
        if prompt is not None and state.sessions[choice.session_id].owner == actor.user_id:
            own |= {file.attached.digest: file.content for file in prompt.files}
    return own
