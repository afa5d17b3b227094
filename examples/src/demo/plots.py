"""What can become of a case at the desk: one function for each course that it may take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from .book import Promise
from .chance import Chance
from .tale import HOUR, By, Tale


@dataclass(frozen=True, slots=True)
class Topic:
    """What a case is about, in words."""

    asks: str
    call: str
    outcome: str
    done: str


def kept_in_time(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Promise a call and make it before it is due; now and then a reminder helps."""
    promise = _promised_call(tale, chance, topic)
    _before(tale, chance, promise, 10, 170)
    tale.goes(topic.done, keeps=promise)
    _solved(tale, chance)


def kept_early(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Promise an outcome for tomorrow, and have it done today."""
    tale.comes(topic.asks, "email")
    tale.later(minutes=chance.between(3, 20))
    promise = tale.promise("expectations", topic.outcome, tale.by(1, 12))
    tale.later(minutes=chance.between(60, 300))
    tale.keep(promise, topic.done)
    _solved(tale, chance)


def kept_late(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Promise a call and forget it; make it when the lapse was noticed."""
    promise = _promised_call(tale, chance, topic)
    _past(tale, promise, chance.between(10, 50))
    tale.goes(f"Sorry, this comes late. {topic.done}", keeps=promise)
    _solved(tale, chance)


def moved_and_told(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Need longer: tell the customer first, and keep the new time."""
    promise = _promised_call(tale, chance, topic)
    _before(tale, chance, promise, 70, 170)
    told = tale.goes("It takes longer than we thought: may we call tomorrow morning?")
    tale.later(minutes=2)
    tale.reschedule(promise, tale.by(1, 11), "a part is on its way", told)
    _before(tale, chance, promise, 10, 100)
    tale.goes(topic.done, keeps=promise)
    _close(tale)


def moved_then_told(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Need longer, and tell the customer later, but before the old time has passed."""
    promise = _promised_call(tale, chance, topic)
    _before(tale, chance, promise, 100, 170)
    tale.reschedule(promise, tale.by(1, 15), "the workshop is full")
    tale.later(minutes=chance.between(10, 30))
    tale.goes("We will need until tomorrow afternoon.", tells=promise, channel="message")
    _before(tale, chance, promise, 20, 170)
    tale.goes(topic.done, keeps=promise)
    _close(tale)


def moved_untold(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Move it and tell nobody: what counts is what the customer knows."""
    promise = _promised_call(tale, chance, topic)
    _before(tale, chance, promise, 70, 170)
    tale.reschedule(promise, tale.by(1, 16), "nobody is free today")
    _past(tale, promise, chance.between(60, 120))
    tale.comes("You said that you would call. Nobody did.")
    tale.later(minutes=chance.between(2, 9))
    tale.goes(f"You are right, and we are sorry. {topic.done}", keeps=promise)
    _close(tale)


def handed_over(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Give it to somebody who knows more about it, and keeps it."""
    promise = _promised_call(tale, chance, topic)
    tale.later(minutes=chance.between(20, 60))
    tale.hand_over(promise, "tomas" if tale.agent != "tomas" else "anna", "you know this model best")
    _before(tale, chance, promise, 15, 80)
    tale.goes(topic.done, keeps=promise)
    _solved(tale, chance)


def released(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Be let off: the customer found a way."""
    promise = _promised_call(tale, chance, topic)
    tale.later(minutes=chance.between(20, 60))
    contact = tale.comes("It works again, you need not call.", "message")
    tale.later(minutes=chance.between(2, 9))
    tale.release(promise, contact)
    _close(tale)


def withdrawn(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Promise the same twice; take one of the two back, and keep the other."""
    promise = _promised_call(tale, chance, topic)
    tale.later(minutes=3)
    double = tale.promise("follow-ups", topic.call, By(promise.due.isoformat(), promise.due))
    tale.later(minutes=4)
    tale.withdraw(double, "duplicate")
    _before(tale, chance, promise, 15, 100)
    tale.goes(topic.done, keeps=promise)
    _close(tale)


def declined_then_agreed(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Ask whether the time suits: it does not, another one does."""
    contact = tale.comes(topic.asks)
    tale.later(minutes=4)
    promise = tale.promise("expectations", topic.outcome, tale.by(2, 16))
    tale.later(minutes=1)
    sooner = tale.by(1, 12)
    tale.answer(promise, contact, agrees=False, counter=sooner)
    tale.later(minutes=6)
    tale.reschedule(promise, sooner, "the customer needs it sooner", contact)
    tale.later(minutes=1)
    tale.answer(promise, contact, agrees=True)
    _before(tale, chance, promise, 20, 200)
    tale.keep(promise, topic.done)
    tale.later(minutes=5)
    tale.goes(topic.done)
    _close(tale)


def tried_twice(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Call twice: nobody answers first, then a message is left, which keeps the promise."""
    promise = _promised_call(tale, chance, topic)
    _before(tale, chance, promise, 70, 150)
    tale.goes("No answer.", keeps=promise, outcome="not_reached")
    tale.until(promise.due - timedelta(minutes=chance.between(5, 40)))
    tale.goes(topic.done, keeps=promise, outcome="message_left")
    _solved(tale, chance)


def promised_anew(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Let it lapse; a new promise takes its place and is kept."""
    promise = _promised_call(tale, chance, topic)
    _past(tale, promise, chance.between(5, 40))
    tale.goes("We missed our time. May we promise anew?")
    tale.later(minutes=2)
    again = tale.promise("follow-ups", topic.call, tale.by(1, 10), replaces=promise)
    _before(tale, chance, again, 10, 50)
    tale.goes(topic.done, keeps=again)
    _close(tale)


def solved_at_second_try(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Hear that it is not solved, promise again, and keep that too."""
    promise = _promised_call(tale, chance, topic)
    _before(tale, chance, promise, 10, 170)
    tale.goes(topic.done, keeps=promise)
    tale.later(minutes=3)
    tale.propose(topic.done)
    tale.later(minutes=chance.between(20, 50))
    contact = tale.comes("No, it is the same as before.")
    tale.later(minutes=3)
    tale.reject(contact, "the same as before")
    tale.later(minutes=4)
    second = tale.promise("expectations", topic.outcome, tale.by(1, 16))
    _before(tale, chance, second, 30, 300)
    tale.keep(second, topic.done)
    _solved(tale, chance)


def kept_after_all(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Do it in time and not write it down; evidence takes the lapse back."""
    tale.comes(topic.asks)
    tale.later(minutes=5)
    promise = tale.promise("expectations", topic.outcome, tale.by(0, 16))
    done_at = promise.due - timedelta(minutes=chance.between(10, 50))
    _past(tale, promise, chance.between(30, 90))
    tale.correct(promise, done_at, "courier's note")
    _solved(tale, chance)


def with_its_own_ladder(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Ask for two reminders, four hours and thirty minutes before."""
    tale.comes(topic.asks)
    tale.later(minutes=5)
    promise = tale.promise("expectations", topic.outcome, tale.by(0, 17), leads=(4 * HOUR, HOUR / 2))
    _before(tale, chance, promise, 5, 25)
    tale.keep(promise, topic.done)
    _solved(tale, chance)


def at_short_notice(tale: Tale, chance: Chance, topic: Topic) -> None:
    """Promise with less time than a reminder needs: it comes at once."""
    tale.comes(topic.asks, "chat")
    tale.later(minutes=2)
    promise = tale.promise("follow-ups", topic.call, tale.within(minutes=40))
    tale.later(minutes=chance.between(15, 35))
    tale.goes(topic.done, keeps=promise)
    _close(tale)


Plot = Callable[[Tale, Chance, Topic], None]
PLOTS: tuple[Plot, ...] = (
    kept_in_time,
    kept_early,
    kept_late,
    moved_and_told,
    moved_then_told,
    moved_untold,
    handed_over,
    released,
    withdrawn,
    declined_then_agreed,
    tried_twice,
    promised_anew,
    solved_at_second_try,
    kept_after_all,
    with_its_own_ladder,
    at_short_notice,
)


def _promised_call(tale: Tale, chance: Chance, topic: Topic) -> Promise:
    tale.comes(topic.asks)
    tale.later(minutes=chance.between(2, 9))
    return tale.promise("follow-ups", topic.call, tale.by(0, chance.between(15, 17)))


def _before(tale: Tale, chance: Chance, promise: Promise, latest: int, earliest: int) -> None:
    """Go on to some minutes before a due, but not before now."""
    tale.until(max(tale.now, promise.due - timedelta(minutes=chance.between(latest, earliest), seconds=7)))


def _past(tale: Tale, promise: Promise, minutes: int) -> None:
    tale.until(promise.told_due + timedelta(minutes=minutes))


def _solved(tale: Tale, chance: Chance) -> None:
    """Ask whether it is solved, hear yes, and close."""
    tale.later(minutes=chance.between(2, 6))
    tale.propose("This should solve it.")
    tale.later(minutes=chance.between(20, 90))
    contact = tale.comes("Yes, all is well. Thank you!", "message")
    tale.later(minutes=2)
    tale.confirm(contact)
    _close(tale)


def _close(tale: Tale) -> None:
    tale.later(minutes=1)
    tale.close()
