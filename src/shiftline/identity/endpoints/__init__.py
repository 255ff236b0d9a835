"""Identity's operations on the wire, one file per topic."""

from shiftline.identity.endpoints import (
    clients,
    oauth,
    organizations,
    people,
    people_search,
    sign_in,
    subjects,
    tokens,
)

ROUTES = [
    *oauth.ROUTES,
    *sign_in.ROUTES,
    *clients.ROUTES,
    *tokens.ROUTES,
    *organizations.ROUTES,
    *people.ROUTES,
    *people_search.ROUTES,
    *subjects.ROUTES,
]
