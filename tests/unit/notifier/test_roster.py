"""Who is behind a role at a moment."""

from datetime import timedelta

import pytest

from events.catalogue import OwnerChanged, TeamChanged
from events.catalogue.owners import Absence
from events.testing import NOW
from notifier.roster import Roster

DAY = timedelta(days=1)
AWAY = (Absence(begins=NOW, ends=NOW + DAY),)


def person(name: str = "an", **changes: object) -> OwnerChanged:
    known = OwnerChanged(name=name, zone="UTC", team="care", lead="kim", delegate="ben")
    return known.model_copy(update=changes)


def team(**changes: object) -> TeamChanged:
    return TeamChanged(name="care", zone="UTC", lead="lou", manager="max").model_copy(update=changes)


def roster(*people: OwnerChanged, teams: tuple[TeamChanged, ...] = (team(),)) -> Roster:
    return Roster({each.name: each for each in people}, {each.name: each for each in teams})


@pytest.mark.parametrize(
    ("role", "names"),
    [("owner", ("an",)), ("team", ("care", "lou")), ("lead", ("kim",)), ("manager", ("max",))],
)
def test_role__is_who_is_registered_for_it(role, names):
    assert roster(person()).having(role, "an", NOW) == names


def test_owner_whom_nobody_registered__is_reached_all_the_same():
    assert Roster().having("owner", "an", NOW) == ("an",)
    assert [Roster().having(role, "an", NOW) for role in ("team", "lead", "manager")] == [(), (), ()]


@pytest.mark.parametrize("gone", [{"absences": AWAY}, {"active": False}])
def test_edge_42__who_is_away_is_replaced(gone):
    ben = person("ben", delegate=None)
    assert roster(person(**gone), ben).having("owner", "an", NOW) == ("ben",)
    assert roster(person(**gone), ben.model_copy(update=gone)).having("owner", "an", NOW) == ("care", "lou")
    nobody = person(**gone, delegate=None, team=None)
    assert roster(nobody).having("owner", "an", NOW) == ()


@pytest.mark.parametrize(("at", "there"), [(-1, True), (0, False), (86399, False), (86400, True)])
def test_absence__ends_when_it_says(at, there):
    known = roster(person(absences=AWAY))
    assert (known.having("owner", "an", NOW + timedelta(seconds=at)) == ("an",)) is there


def test_lead__is_the_team_s_where_the_person_has_none():
    assert roster(person(lead=None)).having("lead", "an", NOW) == ("lou",)
    assert roster(person(lead=None, team=None)).having("lead", "an", NOW) == ()


def test_lead_who_is_away__is_replaced_by_their_delegate():
    lead = person("kim", absences=AWAY, delegate="zoe")
    assert roster(person(), lead).having("lead", "an", NOW) == ("zoe",)


@pytest.mark.parametrize(("role", "names"), [("owner", ("care", "lou")), ("lead", ("lou",))])
def test_team_that_owns__has_its_roles(role, names):
    assert roster().having(role, "care", NOW) == names


def test_team_that_is_no_more__reaches_nobody():
    assert roster(person(), teams=(team(active=False),)).having("team", "an", NOW) == ()


def test_nobody__has_no_roles():
    assert [roster().having(role, None, NOW) for role in ("owner", "team", "lead")] == [(), (), ()]
