"""What approvals take from balances. Pure."""

from shiftline.workforce.timeoff.model import Status, TimeOffRequest


def list_moves(former: TimeOffRequest | None, latter: TimeOffRequest) -> dict[str, int]:
    """By how many minutes each balance of the agent is taken from (or given back to, below zero), by activity code."""
    moves: dict[str, int] = {}
    for sign, request in ((-1, former), (1, latter)):
        if request is not None and request.status is Status.APPROVED:
            moves[request.activity_code_id] = moves.get(request.activity_code_id, 0) + sign * request.payable_minutes
    return {code_id: minutes for code_id, minutes in sorted(moves.items()) if minutes}
