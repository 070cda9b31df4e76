"""Carrying a person's sessions out of the store into files, and from files into the store.

The formats are `transfer/`'s, the rows `storage/`'s; here they meet. Files are written and parsed in a thread of their own, and
the event loop is asked for what that needs of the store: memory holds a piece of one session at a time, and nobody is held up.
"""
