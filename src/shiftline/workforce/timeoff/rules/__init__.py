"""The rules of time off, all pure: ``states`` (the transition table), ``times`` (what may be asked), ``codes`` (activity
codes), ``revisions`` (what makes two requests equal, what a change moves on).
"""
