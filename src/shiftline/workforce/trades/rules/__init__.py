"""The rules of trades, all pure: ``offering`` (may this shift be offered so), ``states`` (how a trade moves), ``taking``
(which offers somebody could take), ``matching`` (is a match good: the trade as a whole, the table of all rules, what
decides), ``sides`` (the same for each side), ``paying`` (what each side is paid before and after).
"""
