"""The desk of the story: its people, its customers, and what comes in over two weeks; from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from worktime import resolve_wall_time

from .chance import Chance
from .plots import PLOTS, Plot, Topic, kept_early, kept_in_time, moved_and_told, with_its_own_ladder
from .tale import CONTACTS, Person, Step, Tale

SEED = "small desk"
START = datetime(2026, 10, 19, tzinfo=UTC)
"""A Monday; Europe leaves summer time on the Sunday between the two weeks."""
ROUNDS = 3
MORE: tuple[Plot, ...] = (
    *(kept_in_time, kept_early, moved_and_told, with_its_own_ladder),
    *(kept_in_time, kept_early, kept_in_time),
)

STAFF = (
    Person("linh", "Linh", "Asia/Ho_Chi_Minh"),
    Person("carlo", "Carlo", "Asia/Manila"),
    Person("anna", "Anna", "Europe/Berlin"),
    Person("tomas", "Tomás", "Europe/Lisbon"),
)
SERVES = {"vi": "linh", "fil": "carlo", "de": "anna", "pl": "anna", "pt": "tomas", "fr": "tomas"}
"""Who answers whom, by language."""
CUSTOMERS = (
    Person("hoa", "Nguyễn Thị Hoa", "Asia/Ho_Chi_Minh", "vi"),
    Person("minh", "Trần Văn Minh", "Asia/Ho_Chi_Minh", "vi"),
    Person("lan", "Lê Ngọc Lan", "Asia/Ho_Chi_Minh", "vi"),
    Person("quang", "Phạm Quang Huy", "Asia/Ho_Chi_Minh", "vi"),
    Person("maria", "Maria Santos", "Asia/Manila", "fil"),
    Person("jose", "Jose Reyes", "Asia/Manila", "fil"),
    Person("grace", "Grace Villanueva", "Asia/Manila", "fil"),
    Person("ramon", "Ramon Dela Cruz", "Asia/Manila", "fil"),
    Person("greta", "Greta Lindner", "Europe/Berlin", "de"),
    Person("jan", "Jan Kowalski", "Europe/Warsaw", "pl"),
    Person("claire", "Claire Moreau", "Europe/Paris", "fr"),
    Person("rita", "Rita Figueira", "Europe/Lisbon", "pt"),
)
TOPICS = (
    Topic(
        "My order has not come.",
        "We will call you with what the courier says.",
        "Your parcel will be at your door.",
        "Your parcel is on the van and comes today.",
    ),
    Topic(
        "The screen stays dark.",
        "A technician will call you.",
        "Your screen will be repaired.",
        "The cable was loose; it shows a picture again.",
    ),
    Topic(
        "I was charged twice.",
        "We will call you when the bank has answered.",
        "The money will be back in your account.",
        "The second charge was returned.",
    ),
    Topic(
        "The washing machine leaks.",
        "We will call you with a day for the visit.",
        "The machine will be tight.",
        "The seal was changed.",
    ),
    Topic(
        "I cannot log in any more.",
        "We will call you with a new password.",
        "Your account will be open again.",
        "The account is open again.",
    ),
    Topic(
        "When does the warranty end?",
        "We will look it up and call you.",
        "You will have the warranty in writing.",
        "It runs until next June; the letter is out.",
    ),
)


@dataclass(frozen=True, slots=True)
class Story:
    """All of it: the tales, and every step in the order of time."""

    tales: tuple[Tale, ...]
    steps: tuple[Step, ...]
    end: datetime

    @property
    def contacts(self) -> int:
        """How many contacts there are, in both directions."""
        return sum(step.path == CONTACTS for step in self.steps)


def story(seed: str = SEED, rounds: int = ROUNDS, more: Sequence[Plot] = MORE) -> Story:
    """Return the story that follows from a seed: every plot once in each round, and some more."""
    chance = Chance(seed)
    plots = [plot for _ in range(rounds) for plot in chance.shuffled(PLOTS)] + list(more)
    tales = tuple(_tale(f"case-{number}", plot, chance) for number, plot in enumerate(plots, 1))
    end = max(tale.now for tale in tales) + timedelta(days=1)
    for tale in tales:
        tale.until(end)
    steps = sorted((step for tale in tales for step in tale.steps), key=lambda step: step.at)
    return Story(tales, tuple(steps), end)


def _tale(name: str, plot: Plot, chance: Chance) -> Tale:
    customer = chance.one_of(CUSTOMERS)
    kind = plot.__name__.replace("_", " ")
    tale = Tale(name, kind, customer, SERVES[customer.language], _morning(customer, chance))
    plot(tale, chance, chance.one_of(TOPICS))
    return tale


def _morning(customer: Person, chance: Chance) -> datetime:
    """Return a time between eight and eleven on a working day of the customer's."""
    day = chance.one_of((0, 1, 2, 3, 4, 7, 8, 9, 10))
    local = START.replace(tzinfo=None) + timedelta(
        days=day, hours=chance.between(8, 10), minutes=chance.below(60), seconds=chance.between(1, 59)
    )
    return resolve_wall_time(local, customer.zone).at
