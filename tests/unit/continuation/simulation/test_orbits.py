from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.simulation.orbits import TooLongError, flow_rates, integrate

DECAY = {"x": "-k*x + y", "y": "-k*y"}


@pytest.fixture(scope="module")
def decay():
    """Solved by x = (x0 + y0 t) exp(-k t), y = y0 exp(-k t)."""
    return ct.System.from_strings(DECAY, parameters={"k": 1.0}, name="decay")


@pytest.fixture(scope="module")
def doubling():
    return ct.System.from_strings({"x": "a*x"}, parameters={"a": 2.0}, kind="map")


def test_an_orbit_agrees_with_the_exact_solution_to_the_tolerance(decay):
    t = np.linspace(0.0, 5.0, 11)
    orbit = ct.simulate(decay, (1.0, 2.0), t, k=0.5)
    exact = np.array([(1.0 + 2.0 * t), np.full(11, 2.0)]) * np.exp(-0.5 * t)
    # A few dozen steps with an error of 1e-10 relative each.
    assert orbit.x == pytest.approx(exact, rel=1e-8)
    assert np.array_equal(orbit.t, t)
    assert orbit.parameters == {"k": 0.5}
    assert orbit.system is decay
    assert orbit.degree is None


def test_an_orbit_unpacks_into_times_and_states(decay):
    t, x = ct.simulate(decay, (1.0, 2.0), [0.0, 1.0])
    assert t.shape == (2,)
    assert x.shape == (2, 2)


def test_a_number_is_the_end_of_a_smooth_orbit(decay):
    t, x = ct.simulate(decay, (1.0, 2.0), 3.0)
    assert (t[0], t[-1]) == (0.0, 3.0)
    assert x.shape == (2, len(t))


def test_times_need_not_begin_at_zero(decay):
    later = ct.simulate(decay, (1.0, 2.0), [10.0, 11.0]).x
    assert later == pytest.approx(ct.simulate(decay, (1.0, 2.0), [0.0, 1.0]).x, rel=1e-12)


def test_one_time_gives_the_start(decay):
    assert ct.simulate(decay, (1.0, 2.0), [4.0]).x[:, 0].tolist() == [1.0, 2.0]


def test_a_map_is_iterated(doubling):
    assert ct.simulate(doubling, (1.0,), 4).x.tolist() == [[1.0, 2.0, 4.0, 8.0, 16.0]]
    assert ct.simulate(doubling, (1.0,), [0, 2, 3], a=3.0).x.tolist() == [[1.0, 9.0, 27.0]]


def test_a_stiff_system_is_integrated_in_reasonable_time():
    stiff = ct.System.from_strings(
        {"x": "-k*(x - cos(y))", "y": "1"}, parameters={"k": 1e6}, name="Prothero and Robinson"
    )
    x = ct.simulate(stiff, (2.0, 0.0), [0.0, 3.0]).x
    # On the slow curve x = cos(t) + sin(t)/k + O(1/k^2).
    assert x[0, -1] == pytest.approx(np.cos(3.0) + np.sin(3.0) / 1e6, abs=1e-9)


def test_a_parameter_called_like_an_argument_goes_into_parameters():
    system = ct.System.from_strings({"x": "-t*x/start"}, parameters={"t": 1.0, "start": 1.0})
    orbit = ct.simulate(system, (1.0,), 1.0, parameters={"t": 3.0, "start": 2.0})
    assert orbit.x[0, -1] == pytest.approx(np.exp(-1.5), rel=1e-9)


def test_an_orbit_that_escapes_in_finite_time_says_when():
    explosion = ct.System.from_strings({"x": "x**2"}, parameters={})
    with pytest.raises(ct.ContinuationError, match=r"after t = 1 it escapes to infinity"):
        ct.simulate(explosion, (1.0,), 2.0)


def test_an_orbit_that_grows_beyond_all_numbers_has_escaped():
    growth = ct.System.from_strings({"x": "x"}, parameters={})
    with pytest.raises(ct.ContinuationError, match="escapes"):
        ct.simulate(growth, (1.0,), 1000.0)


def test_a_map_that_escapes_says_after_how_many_iterates(doubling):
    with pytest.raises(ct.ContinuationError, match="after 332 iterates"):
        ct.simulate(doubling, (1.0,), 10_000)


def test_an_exception_of_the_users_function_is_the_users():
    def f(x, p):
        if x[0] > 0.5:
            raise ZeroDivisionError("mine")
        return np.ones_like(x)

    with pytest.raises(ZeroDivisionError, match="mine"):
        ct.simulate(ct.System.from_callables(f, ("x",), {"a": 0.0}), (0.0,), 1.0)


@pytest.mark.parametrize(
    ("arguments", "values", "message"),
    [
        (((1.0, 2.0, 3.0), 1.0), {}, r"`start` has shape \(3,\).*'decay' has 2 states: x, y\."),
        (((1.0,), 1.0), {}, r"`start` has shape \(1,\)"),
        (((1.0, np.nan), 1.0), {}, "`start` must be finite"),
        (((1.0, 2.0), 1.0), {"q": 1.0}, "'q' is no parameter"),
        (((1.0, 2.0), 1.0), {"k": np.inf}, "not a finite number"),
        (((1.0, 2.0), [0.0, 0.0]), {}, "increase"),
        (((1.0, 2.0), [1.0, 0.0]), {}, "increase"),
        (((1.0, 2.0), [0.0, np.nan]), {}, "finite"),
        (((1.0, 2.0), -1.0), {}, "positive number"),
        (((1.0, 2.0), []), {}, "array of times"),
        (((1.0, 2.0), [[0.0, 1.0]]), {}, "array of times"),
        (((1.0, 2.0), 1.0), {"k": 1.0, "parameters": {"k": 1.0}}, "k is given in"),
    ],
)
def test_a_mistake_is_named_in_one_line(decay, arguments, values, message):
    with pytest.raises(ValueError, match=message) as caught:
        ct.simulate(decay, *arguments, **values)
    assert "\n" not in str(caught.value)


def test_times_of_a_map_are_whole_numbers(doubling):
    with pytest.raises(ValueError, match="whole numbers"):
        ct.simulate(doubling, (1.0,), [0.0, 0.5])


def test_an_orbit_that_is_too_long_is_given_up_with_the_time_that_it_reached():
    circle = ct.System.from_strings({"x": "y", "y": "-x"}, parameters={})
    rates = flow_rates(circle, np.empty(0))
    with pytest.raises(TooLongError, match=r"of 1e\+09 in 30000 evaluations") as caught:
        integrate(rates, np.array([1.0, 0.0]), np.array([0.0, 1e9]), most=30_000)
    assert 100.0 < caught.value.reached < 1e5
    doubling = ct.System.from_strings({"x": "-x"}, parameters={}, kind="map")
    with pytest.raises(ValueError, match="at most 2000000 iterates"):
        ct.simulate(doubling, [1.0], 1e12)
