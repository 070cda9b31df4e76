"""`/sessions`: the panel in which a person keeps their sessions in order.

`_cog.py` answers what is pressed, `_acts.py` says what can be done to a session, `_views.py` draws, `_branches.py` shows one
session's branches, and `_where.py` is the place in a list that each button remembers.
"""

from cogs.panel._branches import Branches
from cogs.panel._cog import Panel

__all__ = ["Branches", "Panel"]
