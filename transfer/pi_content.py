"""The words in pi's blocks: taken out, so that they are kept once, and put back where they were."""

from collections.abc import Mapping
from typing import Any, Final

from transfer.fields import list_of, object_of

WORDS: Final = {"message": "content", "custom_message": "content", "compaction": "summary", "branch_summary": "summary"}
"""Under which field the words of an entry stand, by its type; a message's is in its `message`."""


def take_words(content: Any) -> tuple[str, Any]:
    """The words of a content, and what is left of it without them: nothing of plain text, a block without its text where there
    is one, all of it where there are several.
    """
    if isinstance(content, str):
        return content, None
    blocks = list_of(content)
    texts = [at for at, block in enumerate(blocks) if _is_text(block)]
    words = "\n\n".join(blocks[at]["text"] for at in texts)
    if len(texts) != 1:
        return words, content
    left = [
        {key: value for key, value in block.items() if key != "text"} if at in texts else block
        for at, block in enumerate(blocks)
    ]
    return words, left


def put_back(words: str, left: Any) -> Any:
    """The content again."""
    if left is None:
        return words
    if not isinstance(left, list):
        return left
    return [{**block, "text": words} if _lacks_text(block) else block for block in list_of(left)]


def without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The fields but these."""
    return {key: value for key, value in fields.items() if key not in names}


def _is_text(block: Any) -> bool:
    fields = object_of(block)
    return fields.get("type") == "text" and isinstance(fields.get("text"), str)


def _lacks_text(block: Any) -> bool:
    fields = object_of(block)
    return fields.get("type") == "text" and "text" not in fields
