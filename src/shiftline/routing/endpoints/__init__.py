"""Queues, skills, wrap-up codes, settings of routing and what waits in queues, over HTTP."""

from shiftline.routing.endpoints import interactions, person_skills, queues, settings, skills, wrapup_codes

ROUTES = [
    *skills.ROUTES,
    *person_skills.ROUTES,
    *queues.ROUTES,
    *wrapup_codes.ROUTES,
    *settings.ROUTES,
    *interactions.ROUTES,
]

EXPANSIONS = {"skills": person_skills.expand_skills, "languages": person_skills.expand_languages}
