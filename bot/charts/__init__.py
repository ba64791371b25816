"""Draws charts in a process of its own: what draws holds 110 MB and the interpreter's lock."""
