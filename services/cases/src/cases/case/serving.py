"""What an outbound contact does to the commitments that it names."""

from cases.commitment import Commitment
from cases.policy import DEFAULT
from cases.verdict import Stated, keep
from events.catalogue import CommitmentAttempted, ContactAttached
from events.catalogue.terms import Evidence
from events.errors import Invalid

from .commands import AttachContact, ServeContact, Service
from .draft import Draft
from .promising import tell


def attach(draft: Draft, command: AttachContact) -> None:
    """Note that a contact belongs to the case. Raises Invalid for another customer's."""
    if draft.case.customer != command.customer:
        raise Invalid(field="case", reason="is another customer's")
    if command.contact not in draft.case.contacts:
        draft.add(ContactAttached(contact=command.contact, direction=command.direction))


def serve(draft: Draft, command: ServeContact) -> None:
    """Tell, keep or attempt each commitment named; what the contact cannot do it leaves as it is."""
    attach(draft, _attachment(command))
    for service in command.serves:
        if service.commitment in draft.case.commitments:
            _serve(draft, command, service)


def _attachment(command: ServeContact) -> AttachContact:
    return AttachContact(
        case=command.case, customer=command.customer, contact=command.contact, direction="outbound"
    )


def _serve(draft: Draft, command: ServeContact, service: Service) -> None:
    fact = _fact(draft, command)
    if service.tells is not None and command.outcome != "not_reached":
        tell(draft, service.commitment, service.tells, command.contact, fact)
    commitment = draft.touch(service.commitment)
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
    by_message = commitment.form == "follow_up" and DEFAULT.attempt_keeps == "message_left"
    return command.outcome == "reached" or (command.outcome == "message_left" and by_message)


def _missed(command: ServeContact, commitment: Commitment) -> bool:
    known = commitment.ended or command.contact in commitment.attempts
    return command.outcome != "automatic" and not known


def _keep(draft: Draft, command: ServeContact, commitment: Commitment, fact: Stated) -> None:
    if not set(commitment.answers) <= set(command.answers):
        return
    other = commitment.channel not in {None, command.channel}
    evidence = Evidence(contact=command.contact)
    draft.add(*keep(commitment, fact, evidence, draft.asked.actor, other_channel=other))


def _attempted(command: ServeContact, commitment: Commitment, fact: Stated) -> CommitmentAttempted:
    return CommitmentAttempted(
        commitment=commitment.id, contact=command.contact, outcome=command.outcome, at=fact.at
    )
