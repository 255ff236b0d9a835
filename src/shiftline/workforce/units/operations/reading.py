"""Who may see units: whoever has to do with workforce management."""

from typing import Final

READ: Final = (
    "wfm:agentSchedule:view",
    "wfm:agentTimeOffRequest:submit",
    "wfm:agentShiftTradeRequest:participate",
    "wfm:agentUnavailableTimes:submit",
    "wfm:schedule:view",
    "wfm:schedule:edit",
    "wfm:schedule:add",
    "wfm:publishedSchedule:view",
    "wfm:businessUnit:view",
    "wfm:businessUnit:edit",
    "wfm:managementUnit:view",
    "wfm:managementUnit:edit",
    "wfm:agent:view",
    "wfm:agent:edit",
    "wfm:activityCode:view",
    "wfm:activityCode:add",
    "wfm:activityCode:edit",
    "wfm:timeOffRequest:view",
    "wfm:shiftTradeRequest:view",
    "wfm:realtimeAdherence:view",
    "wfm:historicalAdherence:view",
)
READ_AGENTS: Final = (
    "wfm:agent:view",
    "wfm:agent:edit",
    "wfm:schedule:view",
    "wfm:publishedSchedule:view",
    "wfm:historicalAdherence:view",
    "wfm:realtimeAdherence:view",
    "wfm:timeOffRequest:view",
)
