"""Delta debugging leaves what is needed, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.minimization.delta import smallest


@given(
    size=st.integers(1, 60),
    needed=st.frozensets(st.integers(0, 59), max_size=5),
)
def test_what_is_needed_is_all_that_is_left(size, needed):
    needed = {item for item in needed if item < size}
    left = smallest(range(size), lambda part: needed <= set(part))
    assert left == tuple(sorted(needed))


@given(needs=st.lists(st.frozensets(st.integers(0, 19), min_size=1, max_size=4), min_size=1))
def test_without_any_one_item_it_no_longer_fails(needs):
    """It fails for any of several reasons: one is left, whole."""

    def fails(part):
        return any(need <= set(part) for need in needs)

    left = smallest(range(20), fails)
    assert fails(left)
    assert not any(fails(left[:place] + left[place + 1 :]) for place in range(len(left)))


def test_what_fails_without_anything_needs_nothing():
    assert smallest("abc", lambda _: True) == ()


def test_a_single_item_is_kept():
    assert smallest("a", bool) == ("a",)


def test_one_item_of_many_is_found_in_few_steps():
    """Halving 1024 items takes 10 steps, of at most two questions each."""
    asked = []

    def fails(part):
        asked.append(part)
        return 777 in part

    assert smallest(range(1024), fails) == (777,)
    assert len(asked) <= 1 + 2 * 10
