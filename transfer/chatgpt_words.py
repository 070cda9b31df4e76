"""The words of a ChatGPT message, by the type of its content, for reading and for search."""

from collections.abc import Mapping
from typing import Any, Final

from transfer.fields import list_of, object_of, text_of

PLACEHOLDERS: Final = {
    "image_asset_pointer": "[picture]",
    "audio_asset_pointer": "[sound]",
    "real_time_user_audio_video_asset_pointer": "[sound and picture]",
}
"""What stands for that which an export has no words for."""
FIELDS: Final = ("text", "result", "content", "user_profile", "user_instructions", "model_set_context")
"""Where contents without parts have their words: code and its output, quotes, browsing, recaps, instructions."""


def words_of(content: Mapping[str, Any]) -> str:
    """Its words, a part a paragraph."""
    if "parts" in content:
        found = [_of_part(part) for part in list_of(content["parts"])]
    elif "thoughts" in content:
        found = [_of_thought(object_of(thought)) for thought in list_of(content["thoughts"])]
    else:
        found = [text_of(content.get(field)) for field in FIELDS]
    return "\n\n".join(words for words in found if words)


def _of_part(part: Any) -> str:
    if isinstance(part, str):
        return part
    fields = object_of(part)
    return text_of(fields.get("text")) or PLACEHOLDERS.get(text_of(fields.get("content_type")), "")


def _of_thought(thought: Mapping[str, Any]) -> str:
    summary, content = text_of(thought.get("summary")), text_of(thought.get("content"))
    return f"**{summary}**\n{content}" if summary and content else summary or content
