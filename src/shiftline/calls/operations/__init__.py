"""What moves calls: softphones, web callers, offers, controls, transfers, nodes, clocks; one file each.

Start with ``moving.py``: whatever changes a call goes through ``move_in``.
"""
