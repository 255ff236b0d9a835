"""What lifts each kind of refusal: for every code the one call that does it, where there is one, and the facts after it. Pure.

A code whose remedy has no call is one that only its agent, or time, can lift: the remedy's sentence says the step.
"""
