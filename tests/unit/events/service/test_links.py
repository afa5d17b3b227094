"""What is made is linked to what can be done with it, and to nothing else."""

from typing import Any

import pytest

from events.service.links import add_links

MADE = {"/v1/cases": "/v1/cases/{id}", "/v1/cases/{case}/follow-ups": "/v1/commitments/{id}"}


def operation(name: str, status: str = "200") -> dict[str, Any]:
    return {"operationId": name, "responses": {status: {"description": "Done"}}}


@pytest.fixture
def paths() -> dict[str, Any]:
    return {
        "/v1/cases": {"get": operation("list"), "post": operation("open", "201")},
        "/v1/cases/{case_id}": {"get": operation("get")},
        "/v1/cases/{case}/follow-ups": {"post": operation("promise", "201")},
        "/v1/cases/{case}/commitments/{commitment}/keep": {"post": operation("keep")},
        "/v1/commitments/{commitment}": {"get": operation("commitment")},
        "/v1/commitments/{commitment}/proof": {"get": operation("proof")},
        "/v1/owners/{name}": {"get": operation("owner"), "put": operation("set")},
    }


def linked(paths: dict[str, Any], path: str) -> dict[str, Any]:
    links = paths[path]["post"]["responses"]["201"]["links"]
    assert all(name == link["operationId"] for name, link in links.items())
    return {name: link["parameters"] for name, link in links.items()}


def test_a_case__leads_to_what_is_done_in_it(paths):
    add_links(paths, MADE)
    case = "$response.body#/id"
    assert linked(paths, "/v1/cases") == {"get": {"path.case_id": case}, "promise": {"path.case": case}}


def test_a_promise__leads_to_what_is_done_with_it(paths):
    add_links(paths, MADE)
    made = {"path.commitment": "$response.body#/id"}
    assert linked(paths, "/v1/cases/{case}/follow-ups") == {
        "keep": {"path.case": "$request.path.case", **made},
        "commitment": made,
        "proof": made,
    }


def test_what_has_no_id_of_its_own__leads_nowhere(paths):
    add_links(paths, {"/v1/cases/{case}/follow-ups": "/v1/cases/{case}"})
    assert "links" not in paths["/v1/cases/{case}/follow-ups"]["post"]["responses"]["201"]
