"""Calls over the stream: proposals by messages, session descriptions and candidates by requests that hold JSON-RPC.

``peer`` tells what the other end of a call is called here, ``hearing`` reads what a softphone says, ``telling`` writes what
it is told. Source: XEP-0353 for the messages, the vendor's streaming client for the rest.
"""
