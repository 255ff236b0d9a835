"""The rules of trades, all pure: ``offering`` (may this shift be offered so), ``states`` (how a trade moves), ``taking``
(which offers somebody could take).
"""
