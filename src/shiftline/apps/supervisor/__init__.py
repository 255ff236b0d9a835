"""Keeps the processes of one data folder alive: `child` starts one, `watch` keeps it, `supervise` orders them all.

Start with `child.Child` (what is known of a process before it runs), then `supervise.Supervisor`. The supervisor knows
nothing about what its children do: `shiftline.apps.serve` puts the engines and the programs together.
"""
