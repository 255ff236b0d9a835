"""Who and what the sample is made of: names and ids, without anything that makes them. Loads little, for a warm start."""

from dataclasses import dataclass
from datetime import timedelta

from shiftline.identity.model import PersonDraft


@dataclass(frozen=True, slots=True)
class Site:
    """A place where agents work, as a business unit with one management unit. ``current_id`` is this week's schedule."""

    name: str
    zone: str
    current_id: str | None = None


@dataclass(frozen=True, slots=True)
class SampleQueue:
    """A queue with its skill; every ``share``-th agent is a member."""

    id: str
    name: str
    skill_id: str
    skill: str
    share: int


QUEUES = (
    SampleQueue("queue-voice-support", "Voice Support", "skill-voice-support", "Voice Support", 1),
    SampleQueue("queue-billing", "Billing", "skill-billing", "Billing", 2),
    SampleQueue("queue-priority", "Priority Customers", "skill-priority", "Priority Customers", 5),
)

# What agents say of a conversation that is over: id and name, in every queue.
WRAPUP_CODES = (
    ("wrapup-resolved", "Resolved"),
    ("wrapup-follow-up", "Needs a follow-up"),
    ("wrapup-transferred", "Transferred"),
    ("wrapup-no-caller", "Nobody there"),
)

HISTORY = timedelta(days=70)
DOMAIN = "northwind"
OTHER_DOMAIN = "southwind"
OTHER_SKILL = "skill-southwind-voice"
OTHER_SITE = Site("Southwind", "Europe/London", "sch-southwind")
OTHER_AGENT = "0b0b0b0b-1111-4222-8333-944444444444"

# The mission's own agent comes first; the ids of the others only need to stay the same.
MISSION_AGENT = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"

_NAMES = (
    "Ana Ruiz, Ben Carter, Chloe Nguyen, Diego Alvarez, Ella Johnson, Farid Haddad, Grace Kim, Hugo Martin, Ines Costa, "
    "Jack Brown, Kira Novak, Liam Murphy, Maya Patel, Noah Wilson, Olga Petrova, Pablo Garcia, Quinn Taylor, Rosa Silva, "
    "Sam Lee, Tara Singh, Umar Khan, Vera Schmidt, Will Davis, Xenia Popov, Yara Hassan, Zoe Clark, Adam Scott, "
    "Bella Rossi, Carl Weber, Dana White, Aoife Byrne, Brian Walsh, Ciara Kelly, Declan Ryan, Eimear Doyle, Fionn Kennedy, "
    "Grainne Lynch, Hannah Moore, Ivan Horvat, Julia Nowak, Kevin Daly, Laura Quinn, Marta Lopez, Niall Burke, "
    "Orla Nolan, Patrick Casey, Queenie Ward, Roisin Dunne, Sean Flynn, Tomas Novotny, Una Foley, Viktor Berg, "
    "Wanda Zielinska, Xavier Dupont, Yvonne Hayes, Zara Ali, Aidan Power, Blanca Moreno, Cormac Healy, Deirdre Hogan"
)


def _draft(number: int, name: str) -> PersonDraft:
    local = name.lower().replace(" ", ".")
    return PersonDraft(
        id=MISSION_AGENT if number == 0 else f"5a5a0000-0000-4000-8000-{number:012d}",
        name=name,
        email=f"{local}@{DOMAIN}.example",
        title="Agent",
        department="Chicago" if number < SITE_SIZE else "Dublin",
    )


SITE_SIZE = 30
SITES = (Site("Chicago", "America/Chicago", "sch-987654321"), Site("Dublin", "Europe/Dublin"))
AGENTS = [_draft(number, " ".join(name.split())) for number, name in enumerate(_NAMES.split(", "))]


def _staff(prefix: str, *names: str) -> list[PersonDraft]:
    return [
        PersonDraft(
            id=f"{prefix}-0000-4000-8000-{number:012d}", name=name, email=f"{name.split()[0].lower()}@{DOMAIN}.example"
        )
        for number, name in enumerate(names)
    ]


SUPERVISORS = _staff("5b5b0000", "Sofia Chen", "Martin Gallagher")
# Two, since it takes two to destroy a recording.
COMPLIANCE = _staff("5c5c0000", "Imani Okafor", "Lars Petersen")
