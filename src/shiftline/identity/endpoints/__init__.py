"""Identity's operations on the wire, one file per topic."""

from shiftline.identity.endpoints import clients, oauth, organizations, people, sign_in, tokens

ROUTES = [*oauth.ROUTES, *clients.ROUTES, *sign_in.ROUTES, *tokens.ROUTES, *organizations.ROUTES, *people.ROUTES]
