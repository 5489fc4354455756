"""What a rule expects of all servers of a tenant together."""

from __future__ import annotations

from checker.load.expectations import ExpectationReader, Subject
from checker.load.fields import FieldReader
from checker.load.nodes import Entry, Node
from checker.model.policy import AllEqual, AtLeast, AtMost, Count, Equals, ExactlyOne, FleetExpectation
from checker.model.values import FactType
from checker.schema.policy_language import COUNT_OPERATORS, FLEET_OPERATORS

_COUNT = Subject(name="count", type=FactType.INTEGER)


def read_fleet_expectation(
    reader: FieldReader, expectations: ExpectationReader, entry: Entry
) -> FleetExpectation | None:
    """Read the `expect` of a fleet rule: `exactly_one`, `all_equal` or `count`."""
    what = "the expectation of a fleet rule"
    form = reader.form(entry.value, what, FLEET_OPERATORS)
    if not form:
        return None
    one, *others = form.values()
    if others:
        reader.wrong(others[0], f"{what} is one of {', '.join(FLEET_OPERATORS)}; {one.name!r} stands here already")
        return None
    if one.name == "count":
        return _count(reader, expectations, one.value)
    said = reader.literal(one.value, FactType.BOOLEAN, f"{one.name!r}")
    if said is False:
        reader.wrong(one.value, f"'{one.name}: false' expects nothing; a 'count' says how many servers there may be")
    if not said:
        return None
    return ExactlyOne() if one.name == "exactly_one" else AllEqual()


def _count(reader: FieldReader, expectations: ExpectationReader, node: Node) -> Count | None:
    form = reader.form(node, "'count'", COUNT_OPERATORS)
    expectation = expectations.expectation(node, _COUNT) if form else None
    if form is None or expectation is None:
        return None
    constraints: list[Equals | AtLeast | AtMost] = []
    for one in expectation.constraints:
        assert isinstance(one, Equals | AtLeast | AtMost)  # noqa: S101 - the form knows no other operator
        constraints.append(one)
    bounds = [one.value if isinstance(one, Equals) else one.bound for one in constraints]
    match bounds:
        case [int() as bound] if bound <= 0 and "at_least" in form:
            reader.wrong(form["at_least"], f"every count is at least {bound}: the rule could never fail")
        case [int() as bound, *_] | [_, int() as bound] if bound < 0:
            reader.wrong(node, f"no count is {bound}; it is 0 or more")
        case _:
            return Count(tuple(constraints))
    return None
