"""Bad input gets one sentence that says what was given and what was expected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import continuation as ct


@pytest.fixture(scope="module")
def fold() -> ct.System:
    """The flow x' = a - x^2."""
    return ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})


@pytest.fixture(scope="module")
def branch(fold: ct.System) -> ct.Branch:
    """Its equilibria."""
    return ct.equilibria(fold, start=[1.0], free="a", within=(-1, 2))


@pytest.mark.parametrize("thing", [None, "x", 3, []])
def test_what_is_no_system_is_refused_by_every_verb(thing: Any) -> None:
    with pytest.raises(TypeError, match="`system` must be a System"):
        ct.equilibria(thing, start=[1.0], free="a")
    with pytest.raises(TypeError, match="`system` must be a System"):
        ct.diagram(thing, free="a", within=(0, 1))
    with pytest.raises(TypeError, match="`system` must be a System"):
        ct.simulate(thing, [1.0], 1.0)
    with pytest.raises(TypeError, match="`system` must be a System"):
        ct.settle(thing, [1.0])
    with pytest.raises(TypeError, match="`system` must be a System"):
        ct.portrait(thing)


@pytest.mark.parametrize("thing", [None, "H1", 3, [], np.zeros(2)])
def test_what_is_no_point_or_branch_cannot_be_followed(thing: Any) -> None:
    with pytest.raises(ValueError, match="needs a branch point"):
        ct.switch(thing)
    with pytest.raises(ValueError, match="must be a Branch"):
        ct.extend(thing)


@pytest.mark.parametrize("parameters", [None, [], "a", {1.0}])
def test_parameters_that_are_no_mapping_are_refused(parameters: Any) -> None:
    with pytest.raises(TypeError, match="`parameters` must map"):
        ct.System.from_strings({"x": "-x"}, parameters=parameters)
    with pytest.raises(TypeError, match="`parameters` must map"):
        ct.System.from_callables(lambda x, p: -x, ("x",), parameters)
    with pytest.raises(TypeError, match="`parameters` must map"):
        ct.System.from_sympy(["x"], [1], parameters)


@pytest.mark.parametrize("rhs", [None, "x", [("x", "x")]])
def test_equations_that_are_no_mapping_are_refused(rhs: Any) -> None:
    with pytest.raises(TypeError, match="`rhs` must map"):
        ct.System.from_strings(rhs, parameters={})


def test_an_integer_beyond_double_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        ct.System.from_strings({"x": "-x"}, parameters={"a": 10**400})


@pytest.mark.parametrize("within", [(1 - 1e-15, 1 + 1e-15), (0, 1e300), (-1e308, 1e308)])
def test_a_window_beyond_double_precision_is_refused(
    fold: ct.System, within: tuple[float, float]
) -> None:
    with pytest.raises(ValueError, match="double precision"):
        ct.equilibria(fold, start=[1.0], free="a", within=within)


@pytest.mark.parametrize("values", [1.0, None, [float("nan")], ["q"], [1j]])
def test_values_to_report_must_be_finite_numbers(fold: ct.System, values: Any) -> None:
    with pytest.raises(ValueError, match="`report` needs a list of finite numbers for a"):
        ct.equilibria(fold, start=[1.0], free="a", within=(-1, 2), report={"a": values})


@pytest.mark.parametrize("report", ["a", ["a"], 3])
def test_a_report_must_be_a_mapping(fold: ct.System, report: Any) -> None:
    with pytest.raises(TypeError, match="`report` must map"):
        ct.equilibria(fold, start=[1.0], free="a", within=(-1, 2), report=report)


@pytest.mark.parametrize("events", ["e", {"e": None}, [abs], [("e",)]])
def test_events_must_be_named_functions(fold: ct.System, events: Any) -> None:
    with pytest.raises(TypeError, match="`events` must map"):
        ct.equilibria(fold, start=[1.0], free="a", within=(-1, 2), events=events)


def test_settings_must_be_settings(fold: ct.System) -> None:
    hostile: Any = {"max_step": 0.1}
    with pytest.raises(TypeError, match="`settings` must be a Settings"):
        ct.equilibria(fold, start=[1.0], free="a", within=(-1, 2), settings=hostile)


@pytest.mark.parametrize(
    "values",
    [
        {"max_step": "a"},
        {"max_step": None},
        {"tolerance": "x"},
        {"degree": 2.5},
        {"degree": "4"},
        {"max_points": True},
        {"detect": "H"},
        {"detect": (3,)},
    ],
)
def test_settings_of_the_wrong_type_are_refused_where_they_are_made(values: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(values))):
        ct.Settings(**values)


@pytest.mark.parametrize("start", ["x", [1j], {"x": 1.0}])
def test_a_start_that_is_no_numbers_is_refused(fold: ct.System, start: Any) -> None:
    with pytest.raises(ValueError, match="`start` must be 1 number"):
        ct.simulate(fold, start, 1.0)


def test_a_parameter_given_twice_is_refused_by_every_verb(fold: ct.System) -> None:
    given: Any = {"parameters": {"a": 1.0}, "a": 1.5}
    with pytest.raises(ValueError, match="a is given in `parameters` and by its own name"):
        ct.equilibria(fold, start=[1.0], free="a", **given)
    with pytest.raises(ValueError, match="a is given in `parameters` and by its own name"):
        ct.diagram(fold, free="a", within=(-1, 2), **given)
    with pytest.raises(ValueError, match="a is given in `parameters` and by its own name"):
        ct.settle(fold, [1.0], **given)


def test_one_state_is_no_states(fold: ct.System) -> None:
    for verb in (ct.settle, ct.simulate):
        arguments: Any = ([1.0, 2.0], 1.0)[: 1 if verb is ct.settle else 2]
        with pytest.raises(ValueError, match="has 1 state: x"):
            verb(fold, *arguments)
    with pytest.raises(ValueError, match="has 1 state: x"):
        ct.equilibria(fold, start=[1.0, 2.0], free="a")


@pytest.mark.parametrize("answer", ["a", 1j, None, np.array([1.0, 2.0])])
def test_an_event_that_returns_no_number_is_named(fold: ct.System, answer: Any) -> None:
    with pytest.raises(TypeError, match="the event 'e' must return a real number"):
        ct.equilibria(fold, start=[1.0], free="a", within=(-1, 2), events={"e": lambda s: answer})


@pytest.mark.parametrize(
    "event", [np.sign, lambda x: 1.0 / x, lambda x: np.sign(x) * (1.0 + abs(x))]
)
def test_an_event_that_jumps_is_no_zero(fold: ct.System, event: Any) -> None:
    events = {"e": lambda s: event(s.state[0] - 0.3)}
    branch = ct.equilibria(fold, start=[1.0], free="a", within=(-1, 2), events=events)
    assert [point.label for point in branch.special] == ["LP1"]


def test_a_start_outside_the_domain_says_so() -> None:
    root = ct.System.from_callables(lambda x, p: np.sqrt(p["a"] - x), ("x",), {"a": 1.0})
    with pytest.raises(ct.ContinuationError, match="no finite number at the start"):
        ct.equilibria(root, start=[5.0], free="a", within=(0, 2))


def test_a_bound_on_the_period_below_that_of_the_first_cycle_is_refused() -> None:
    """The cycles at a = 1, b = 2 of the Brusselator are born with the period 2 pi."""
    system = ct.System.from_strings(
        {"x": "a - (b + 1)*x + x**2*y", "y": "b*x - x**2*y"}, parameters={"a": 1.0, "b": 1.5}
    )
    hopf = ct.equilibria(system, start=(1, 1.5), free="b", within=(0, 4))["H1"]
    with pytest.raises(ValueError, match=r"`period_below` = 3 is not above the period 6\.28"):
        ct.cycles(hopf, period_below=3.0)


NO_REALS = [np.array([1.0 + 1.0j]), [10**400], [np.datetime64("2020")], [b"1"], ["1"], {1.0}]


@pytest.mark.parametrize("start", NO_REALS, ids=repr)
def test_no_imaginary_part_is_dropped_and_no_text_is_read(fold: ct.System, start: Any) -> None:
    for verb in (lambda x: ct.equilibria(fold, x, free="a"), lambda x: ct.settle(fold, x)):
        with pytest.raises(ValueError, match="`start` must be 1 number"):
            verb(start)
    with pytest.raises(ValueError, match="real numbers"):
        fold.f(start)
    with pytest.raises(ValueError, match="`t` must be a positive number or an array of times"):
        ct.simulate(fold, [1.0], start)
    with pytest.raises(ValueError, match="`report` needs a list of finite numbers"):
        ct.equilibria(fold, [1.0], free="a", report={"a": start})
    with pytest.raises(ValueError, match="`start` must be 1 number"):
        ct.diagram(fold, free="a", within=(-1, 2), starts=[start])


def test_a_complex_parameter_is_no_number(fold: ct.System) -> None:
    hostile: Any = np.complex128(1.0 + 1.0j)
    with pytest.raises(ValueError, match="is not a number"):
        ct.equilibria(fold, start=[1.0], free="a", a=hostile)


@pytest.mark.parametrize("name", ["H", "LP", "UZ", "", "two\nlines", 3])
def test_an_event_is_not_named_like_a_kind(fold: ct.System, name: Any) -> None:
    with pytest.raises(ValueError, match="an event needs a name of its own"):
        ct.equilibria(fold, start=[1.0], free="a", events={name: lambda s: s.state[0]})


@pytest.mark.parametrize("free", [None, 3, "a", {"a", "b"}])
def test_what_names_no_two_parameters_is_refused(branch: ct.Branch, free: Any) -> None:
    with pytest.raises(ValueError, match=r"unknown parameter|two different parameters"):
        ct.fold_curve(branch["LP1"], free=free)


@pytest.mark.parametrize("thing", [None, "H1", 3, [3], np.zeros(2)])
def test_what_holds_no_branch_or_orbit_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match="list of branches"):
        ct.Diagram(thing)
    with pytest.raises(TypeError, match="must be a Branch"):
        ct.crosscheck(thing)
    with pytest.raises(TypeError, match="must be an Orbit"):
        ct.time_course(thing)


def test_choices_of_the_wrong_type_are_refused(fold: ct.System) -> None:
    hostile: Any = 3
    with pytest.raises(TypeError, match="`watch` must be a function"):
        ct.equilibria(fold, start=[1.0], free="a", watch=hostile)
    with pytest.raises(TypeError, match="`settings` must be a Settings"):
        ct.diagram(fold, free="a", within=(-1, 2), settings=hostile)
    with pytest.raises(ValueError, match="`depth` must be a whole number"):
        ct.diagram(fold, free="a", within=(-1, 2), depth=1.5)  # type: ignore[arg-type]


def test_a_notebook_shows_points_branches_and_orbits_in_a_few_lines(branch: ct.Branch) -> None:
    orbit = ct.simulate(branch.system, [0.5], 1.0)
    assert repr(branch["LP1"]).startswith("LP1: a = ")
    assert repr(branch).startswith(f"{len(branch)} equilibria in a\n  LP1: a = ")
    assert repr(orbit) == "orbit of 1001 points, t from 0 to 1"
