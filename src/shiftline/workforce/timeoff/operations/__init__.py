"""What can be done with time-off requests: ``filing`` (ask, enter, file within a swap), ``reading``, ``changing`` (decide,
change, cancel).
"""
