"""What puts a schedule into force from outside the planner's own file: the agent swap, with its preview of access.

One transaction calls schedule's, time off's and access's operations: the shifts of the named days are replaced in every
schedule that they touch, the time-off requests are filed, the swap is recorded, and the answer says what changed, what a
planner should look at (warnings), and that none of it gates the phone.
"""
