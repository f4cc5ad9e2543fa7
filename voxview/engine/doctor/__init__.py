"""Decides from facts about a machine what can be used of it; for each problem its cause and its remedy.

`drivers.py`, `gpu.py`, `kernels.py`, `display.py` and `packages.py` decide and import nothing that is heavy;
`collect.py` finds the facts of this machine, `examination.py` has all of it as text and JSON.
"""
