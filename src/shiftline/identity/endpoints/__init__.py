"""Identity's operations on the wire, one file per topic."""

from shiftline.identity.endpoints import oauth, organizations, people, tokens

ROUTES = [*oauth.ROUTES, *tokens.ROUTES, *organizations.ROUTES, *people.ROUTES]
