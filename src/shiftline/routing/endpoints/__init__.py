"""Queues, skills, wrap-up codes and settings of routing over HTTP."""

from shiftline.routing.endpoints import person_skills, queues, settings, skills, wrapup_codes

ROUTES = [*skills.ROUTES, *person_skills.ROUTES, *queues.ROUTES, *wrapup_codes.ROUTES, *settings.ROUTES]

EXPANSIONS = {"skills": person_skills.expand_skills, "languages": person_skills.expand_languages}
