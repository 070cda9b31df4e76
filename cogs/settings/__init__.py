"""`/settings`: one panel for a person's choices, for all of their sessions or for one.

`_cog.py` answers what is pressed, `_instructions.py` takes what is written, `_state.py` is what holds, read from the store, and
`_views.py` draws it.
"""

from cogs.settings._cog import Settings

__all__ = ["Settings"]
