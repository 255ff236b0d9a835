"""How adherence is judged: actual (what a presence stands for), judging (one instant), standing (now), measuring (the
past), explaining (what may be explained), reading (settings). Pure.
"""
