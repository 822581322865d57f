"""What a guarantee refuses, the whole sentence; and the extremes that it takes."""

import numpy as np
import pytest

from simulator import AtLeastOnce, ExactlyOnce, Handshake, StoreAndForward

RETRY = "a Retry, such as Retry(timeout=0.2, max_attempts=3)"
MOMENT = 'one of "before", "after"'
WINDOW = "a whole number at least 1, or None to remember all"
AGE = "a finite number of seconds above 0, or None to remember for ever"

REFUSED = [
    *((kind, "retry", 3, RETRY) for kind in (AtLeastOnce, ExactlyOnce, Handshake, StoreAndForward)),
    *((kind, "acknowledge", "never", MOMENT) for kind in (AtLeastOnce, ExactlyOnce)),
    (ExactlyOnce, "window", 0, WINDOW),
    (ExactlyOnce, "window", 1.5, WINDOW),
    (ExactlyOnce, "max_age", 0, AGE),
    *((kind, "durable", 1, "True or False") for kind in (ExactlyOnce, Handshake)),
    (StoreAndForward, "rest", 0, "a finite number above 0"),
    (StoreAndForward, "parallel", 0, "a whole number at least 1"),
]


@pytest.mark.parametrize(("guarantee", "field", "bad", "allowed"), REFUSED)
def test_a_bad_value_is_refused_by_its_field_and_what_is_allowed(guarantee, field, bad, allowed):
    with pytest.raises(ValueError, match="must be") as error:
        guarantee(**{field: bad})
    assert str(error.value) == f"{guarantee.__name__}.{field} must be {allowed}, got {bad!r}"


@pytest.mark.parametrize(
    ("guarantee", "field", "value", "kept"),
    [
        (ExactlyOnce, "window", np.int64(1), int),
        (ExactlyOnce, "max_age", np.float64(1e-9), float),
        (StoreAndForward, "rest", 1, float),
        (StoreAndForward, "rest", 1e-9, float),
        (StoreAndForward, "parallel", np.int64(1), int),
    ],
)
def test_the_least_that_is_allowed_is_taken_and_kept_as_a_plain_number(
    guarantee, field, value, kept
):
    found = getattr(guarantee(**{field: value}), field)
    assert (found, type(found)) == (value, kept)
