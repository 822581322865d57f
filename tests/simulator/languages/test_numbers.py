"""Each language writes numbers in one way, whoever asks for it."""

import pytest

from simulator.languages.numbers import MINUS, NARROW, NO_BREAK, numbers
from simulator.languages.texts import texts

EN, FR = numbers("en"), numbers("fr")


@pytest.mark.parametrize(
    ("written", "english", "french"),
    [
        (lambda n: n.count(0), "0", "0"),
        (lambda n: n.count(1_234_567), "1,234,567", f"1{NARROW}234{NARROW}567"),
        (lambda n: n.short(0.25), "0.25", "0,25"),
        (lambda n: n.short(-2), f"{MINUS}2", f"{MINUS}2"),
        (lambda n: n.short(0.123456, 3), "0.123", "0,123"),
        (lambda n: n.short(1234.5, 3), "1,230", f"1{NARROW}230"),
        (lambda n: n.short(1_234_567.0), "1,234,570", f"1{NARROW}234{NARROW}570"),
        (lambda n: n.short(-0.0), "0", "0"),
        (lambda n: n.short(2.5e-7), f"2.5e{MINUS}07", f"2,5e{MINUS}07"),
        (lambda n: n.short(float("nan")), "nan", "nan"),
        (lambda n: n.fixed(0.2, 3), "0.200", "0,200"),
        (lambda n: n.fixed(-0.0001, 2), "0.00", "0,00"),
        (lambda n: n.significant(float("nan")), "nan", "nan"),
        (lambda n: n.grouped(12_345.678, 1), "12,345.7", f"12{NARROW}345,7"),
        (lambda n: n.trimmed(0.30000000000000004), "0.3", "0,3"),
        (lambda n: n.trimmed(-1e-12), "0", "0"),
        (lambda n: n.trimmed(100.0), "100", "100"),
        (lambda n: n.significant(2.7182), "2.7", "2,7"),
        (lambda n: n.significant(194.88), "195", "195"),
        (lambda n: n.significant(5_000.0), "5,000", f"5{NARROW}000"),
        (lambda n: n.significant(0.0), "0", "0"),
        (lambda n: n.significant(0.02, 1), "0.02", "0,02"),
        (lambda n: n.share("20"), "20%", f"20{NO_BREAK}%"),
        (lambda n: n.quantity("20", "%"), "20%", f"20{NO_BREAK}%"),
        (lambda n: n.quantity("0.3", "s"), f"0.3{NO_BREAK}s", f"0.3{NO_BREAK}s"),
        (lambda n: n.quantity("7", ""), "7", "7"),
    ],
)
def test_a_number_is_written_as_its_language_does(written, english, french):
    assert (written(EN), written(FR)) == (english, french)


@pytest.mark.parametrize("language", ["de", "", None, ["en"]])
@pytest.mark.parametrize("of", [numbers, texts])
def test_another_language_is_refused(of, language):
    with pytest.raises(ValueError, match="language must be one of"):
        of(language)
