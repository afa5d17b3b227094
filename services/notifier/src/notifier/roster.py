"""Who has a role at a moment, of the people and teams that `cases` registered (commitment.md §4, 2 and 9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from events.catalogue import OwnerChanged, TeamChanged
from events.catalogue.terms import Role


@dataclass(frozen=True, slots=True)
class Roster:
    """People and teams, each as last registered."""

    people: Mapping[str, OwnerChanged] = field(default_factory=dict)
    teams: Mapping[str, TeamChanged] = field(default_factory=dict)

    def having(self, role: Role, owner: str | None, now: datetime) -> tuple[str, ...]:
        """Return the names under which a role is reached, the first choice first; none: nobody has it.

        `owner` is who owns the commitment, or, where nobody does, who said it.
        """
        team = self._team_of(owner)
        match role:
            case "owner":
                return self._present(owner, now) or self._team(team, now)
            case "team":
                return self._team(team, now)
            case "lead":
                person = self.people.get(owner or "")
                return self._present((person.lead if person else None) or (team.lead if team else None), now)
            case "manager":
                return self._present(team.manager if team else None, now)

    def _team_of(self, owner: str | None) -> TeamChanged | None:
        person = self.people.get(owner or "")
        return self.teams.get((person.team if person else owner) or "")

    def _team(self, team: TeamChanged | None, now: datetime) -> tuple[str, ...]:
        """Return a team's own address, and its lead for teams that have none."""
        if team is None or not team.active:
            return ()
        return (team.name, *self._present(team.lead, now))

    def _present(self, name: str | None, now: datetime) -> tuple[str, ...]:
        """Return a person, or who stands in for one who is away; a team's name is not a person's."""
        person = self.people.get(name or "")
        if name is None or (person is None and name in self.teams):
            return ()
        if self._is_there(name, now):
            return (name,)
        stand_in = person.delegate if person else None
        return (stand_in,) if stand_in and self._is_there(stand_in, now) else ()

    def _is_there(self, name: str, now: datetime) -> bool:
        """Say whether somebody is at work; whom nobody registered, is taken to be."""
        person = self.people.get(name)
        if person is None:
            return True
        return person.active and not any(each.begins <= now < each.ends for each in person.absences)
