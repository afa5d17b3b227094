"""What an outbound contact does to the commitments that it names."""

from dataclasses import replace
from uuid import UUID

from cases.commitment import Commitment
from cases.verdict import Deed, Stated, keep, overdue, too_early
from events.catalogue import CommitmentAttempted, ContactAttached
from events.catalogue.terms import Evidence
from events.errors import Invalid

from .commands import AttachContact, ServeContact, Service, ToldByMessage
from .dating import Telling, tell
from .draft import Draft


def attach(draft: Draft, command: AttachContact) -> None:
    """Note that a contact belongs to the case. Raises Invalid for another customer's."""
    if draft.case.customer != command.customer:
        raise Invalid(field="case", reason="is another customer's")
    if command.contact not in draft.case.contacts:
        draft.add(ContactAttached(contact=command.contact, direction=command.direction))


def serve(draft: Draft, command: ServeContact) -> None:
    """Tell, keep or attempt each commitment named; what the contact cannot do it leaves as it is."""
    attach(draft, _attachment(command))
    known = [each for each in command.serves if each.commitment in draft.case.commitments]
    kept = set[UUID]()
    for service in sorted(known, key=lambda each: -draft.case.depth(each.commitment)):
        series = draft.case.commitments[service.commitment].series
        if service.tells is None and series is not None:
            if series.id in kept:
                continue  # one contact keeps one cycle (48)
            kept.add(series.id)
        _serve(draft, command, service)


def told_by_message(draft: Draft, command: ToldByMessage) -> None:
    """Note that a message of ours told the customer."""
    if command.commitment in draft.case.commitments:
        telling = Telling(command.commitment, command.revision, notification=command.notification)
        tell(draft, telling, Stated(command.at, command.at))


def _attachment(command: ServeContact) -> AttachContact:
    return AttachContact(
        case=command.case, customer=command.customer, contact=command.contact, direction="outbound"
    )


def _serve(draft: Draft, command: ServeContact, service: Service) -> None:
    fact = _fact(draft, command)
    if service.tells is not None and command.outcome != "not_reached":
        tell(draft, Telling(service.commitment, service.tells, contact=command.contact), fact)
    commitment = draft.case.commitments[service.commitment]
    if service.tells is not None or overdue(commitment, command.recorded_at):
        commitment = draft.touch(commitment.id)
    if service.tells is not None or (commitment.ended and commitment.state != "kept_late"):
        return
    if _reached(command, commitment):
        _keep(draft, command, commitment, fact)
    elif _missed(command, commitment):
        draft.add(_attempted(command, commitment, fact))


def _fact(draft: Draft, command: ServeContact) -> Stated:
    now = draft.asked.now
    return Stated(
        min(command.at, now), command.recorded_at, clock_skew=command.clock_skew or command.at > now
    )


def _reached(command: ServeContact, commitment: Commitment) -> bool:
    """Say whether the contact can keep it; a message that was left keeps follow-ups only (§6)."""
    if command.outcome == "reached" or commitment.form != "follow_up" or command.outcome == "automatic":
        return command.outcome == "reached"
    enough = commitment.terms.attempt_keeps
    if isinstance(enough, int):
        return len({*commitment.attempts, command.contact}) >= enough
    return enough == command.outcome


def _time_of_nth(command: ServeContact, commitment: Commitment, fact: Stated) -> Stated:
    """Return when the attempt was made that is enough, where several are, whichever is read last."""
    enough = commitment.terms.attempt_keeps
    if command.outcome == "reached" or not isinstance(enough, int):
        return fact
    return replace(fact, at=sorted((*commitment.attempted_at, fact.at))[enough - 1])


def _missed(command: ServeContact, commitment: Commitment) -> bool:
    open_or_lapsed = commitment.state in {"open", "lapsed"}
    return command.outcome != "automatic" and open_or_lapsed and command.contact not in commitment.attempts


def _keep(draft: Draft, command: ServeContact, commitment: Commitment, fact: Stated) -> None:
    if not set(commitment.answers) <= set(command.answers):
        if command.outcome != "reached" and _missed(command, commitment):
            draft.add(_attempted(command, commitment, fact))
        return
    other = commitment.channel not in {None, command.channel}
    evidence = Evidence(contact=command.contact)
    fact = _time_of_nth(command, commitment, fact)
    deed = Deed(fact, evidence, draft.asked.actor, other_channel=other)
    if not too_early(commitment, deed):
        draft.add(*keep(commitment, deed))


def _attempted(command: ServeContact, commitment: Commitment, fact: Stated) -> CommitmentAttempted:
    return CommitmentAttempted(
        commitment=commitment.id, contact=command.contact, outcome=command.outcome, at=fact.at
    )
