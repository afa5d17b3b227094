"""How policies are published."""

from cases.owner import MAY_SET
from events.catalogue import PolicyPublished
from events.decider import Asked, Decider
from events.errors import Forbidden

from .bodies import Draft, PublishPolicy
from .contradiction import check
from .default import BUILT_IN
from .effect import over

Policies = tuple[PolicyPublished, ...]
"""Every version, the first one first; of `default` the first one is built in."""


def stream(name: str) -> str:
    """Return the stream of a policy."""
    return f"policy-{name}"


def versions(name: str, policies: Policies) -> Policies:
    """Return every version of a policy, the one that is built in among them."""
    return (BUILT_IN, *policies) if name == BUILT_IN.name else policies


def published(draft: Draft, name: str, version: int) -> PolicyPublished:
    """Return a draft as a version: what it leaves out for all is as the built-in policy has it.

    So a version is whole, and a later release changes nothing of it. Raises Invalid where it contradicts
    itself.
    """
    data = {"name": name, "version": version, **draft.model_dump(exclude_none=True)}
    found = PolicyPublished.model_validate(data)
    found = found.model_copy(update={"says": over(BUILT_IN.says, found.says)})
    check(found)
    return found


def decide(policies: Policies, command: PublishPolicy, asked: Asked) -> Policies:
    """Return the next version, none where the last one says the same.

    Raises Forbidden without one of the roles; Invalid where the policy contradicts itself.
    """
    if not asked.actor.has(*MAY_SET):
        raise Forbidden(needed=", ".join(sorted(MAY_SET)))
    before = versions(command.name, policies)
    wanted = published(command, command.name, len(before) + 1)
    if before and before[-1] == wanted.model_copy(update={"version": len(before)}):
        return ()
    return (wanted,)


def evolve(policies: Policies, event: PolicyPublished) -> Policies:
    """Return the versions after an event."""
    return (*policies, event)


POLICY: Decider[Policies, PublishPolicy, PolicyPublished] = Decider((), decide, evolve)
