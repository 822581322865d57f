"""Files of other people: what can be read in one way is read, all else is refused with its line."""

import codecs

import pytest

from simulator import Empirical, Scenario

READ = {
    "plain": b"rtt\n0.031\n0.042\n",
    "byte-order mark": codecs.BOM_UTF8 + b"rtt\n0.031\n0.042\n",
    "lines of Windows": b"rtt\r\n0.031\r\n0.042\r\n",
    "lines of an old Mac": b"rtt\r0.031\r0.042\r",
    "no end of the last line": b"rtt\n0.031\n0.042",
    "empty lines": b"\n\nrtt\n\n0.031\n  \n0.042\n\n\n",
    "quoted": b'"rtt"\n"0.031"\n"0.042"\n',
    "spaces": b" rtt , n \n 0.031 , 1\n\t0.042, 2\n",
    "other columns": b"n,n,rtt\n1,2,0.031\n1,,0.042\n",
    "an exponent": b"rtt\n31e-3\n+.042\n",
}


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_what_spreadsheets_and_editors_write_is_read(tmp_path, text):
    file = tmp_path / "delays.csv"
    file.write_bytes(text)
    assert Empirical.from_csv(file, column="rtt").samples == (0.031, 0.042)


REFUSED = {
    "a decimal comma": (b"rtt\n0,031\n", "line 2 of .*as its header, 1, got 2.*decimal point"),
    "a decimal comma in quotes": (
        b'rtt\n"0,031"\n',
        "line 2 of .*such as 0.031, a delay in seconds, got '0,031'",
    ),
    "a longer row": (b"n,rtt\n1,0.1\n2,0.1,3\n", "line 3 of .* its header, 2, got 3"),
    "a shorter row": (b"n,rtt\n1,0.1\n2\n", "line 3 of .* its header, 2, got 1"),
    "a column twice": (b"rtt,rtt\n0.1,0.2\n", r"one column of .* not 2 \(rtt, rtt\), got 'rtt'"),
    "semicolons": (b"n;rtt\n1;0.1\n", r"\(n;rtt\), which must be separated by commas, got 'rtt'"),
    "tabs": (b"n\trtt\n1\t0.1\n", "which must be separated by commas, got 'rtt'"),
    "digits in groups": (b"rtt\n1_000\n", "line 2 of .*such as 0.031, .*got '1_000'"),
    "other digits": ("rtt\n\uff10.\uff11\n".encode(), "line 2 of .*got '\uff10.\uff11'"),
    "hexadecimal": (b"rtt\n0x10\n", "line 2 of .*got '0x10'"),
    "not a number": (b"rtt\nnan\n", "line 2 of .*got 'nan'"),
    "infinite": (b"rtt\n0.1\ninf\n", "line 3 of .*got 'inf'"),
    "too large": (b"rtt\n1e999\n", "line 2 of .*got inf"),
    "negative": (b"rtt\n\n0.1\n-0.1\n", "line 4 of .*at least 0, .*got -0.1"),
    "a unit": (b"rtt\n31 ms\n", "line 2 of .*got '31 ms'"),
    "a value left out": (b"n,rtt\n1,\n", "line 2 of .*got ''"),
    "quotes left open": (b'rtt\n"0.1\n', "line 2 of .*must be CSV"),
    "a header alone": (b"rtt\n", "at least one line below its header, got none"),
    "nothing": (b"", r"column must be a column of .*\(none\), got 'rtt'"),
    "UTF-16": (
        codecs.BOM_UTF16_LE + "rtt\n0.1\n".encode("utf-16-le"),
        "which is UTF-8, got UTF-16",
    ),
    "UTF-16, big": (
        codecs.BOM_UTF16_BE + "rtt\n".encode("utf-16-be"),
        "which is UTF-8, got UTF-16",
    ),
    "UTF-32": (codecs.BOM_UTF32_LE + "rtt\n".encode("utf-32-le"), "which is UTF-8, got UTF-32"),
    "UTF-16 without a mark": ("rtt\n".encode("utf-16-le"), "zero byte in line 1: .*UTF-16"),
    "Latin 1": ("n,rtt\né,0.1\n".encode("latin-1"), "which is UTF-8, got the byte 0xe9 in line 2"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_could_be_read_in_two_ways_or_none_is_refused_with_its_line(tmp_path, text, said):
    file = tmp_path / "delays.csv"
    file.write_bytes(text)
    with pytest.raises(ValueError, match=rf"^[^\n]*{said}[^\n]*$"):
        Empirical.from_csv(file, column="rtt")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "Is a directory"),
        ("missing.csv", "No such file"),
        ("a\0b.csv", "null byte"),
        ("x" * 5_000, "x[.]{3} must be a readable CSV file: File name too long"),
    ],
)
def test_what_is_no_file_is_refused_with_the_reason(tmp_path, path, said):
    with pytest.raises(ValueError, match=said) as caught:
        Empirical.from_csv(tmp_path / path, column="rtt")
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("path", [None, 3, []])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ValueError, match="must be a readable CSV file"):
        Empirical.from_csv(path, column="rtt")


@pytest.mark.parametrize("column", [None, 3, ["rtt"], "rtt "])
def test_a_column_is_named_by_its_name(tmp_path, column):
    (tmp_path / "delays.csv").write_text("rtt\n0.1\n")
    with pytest.raises(ValueError, match=r"Empirical\.from_csv\.column must be a column of "):
        Empirical.from_csv(tmp_path / "delays.csv", column=column)


def test_a_scenario_with_a_byte_order_mark_is_read():
    scenario = Scenario(messages=3)
    assert Scenario.from_toml("\ufeff" + scenario.to_toml()) == scenario


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("messages = " + "9" * 5_000, "Scenario must be TOML: .*digits"),
        ("messages = " + "[" * 5_000 + "]" * 5_000, "TOML, got values nested too deeply"),
        ("horizon = -inf", "Scenario.horizon must be .* got -inf"),
        ("messages = -inf", "Scenario.messages must be .* got -inf"),
        ("x" * 5_000 + " = 1", r"Scenario has no field 'x{70,80}\.\.\. in this TOML"),
        ('guarantee = {type = "' + "x" * 5_000 + '"}', r"got 'x{70,80}\.\.\.$"),
        ("[link.delay]\ntype = 'Exponential'\nmeen = 0.1", "Exponential has no field 'meen'"),
    ],
)
def test_a_text_beyond_measure_is_refused_in_a_short_line(text, said):
    with pytest.raises(ValueError, match=said) as caught:
        Scenario.from_toml(text)
    assert len(str(caught.value)) < 300


def test_what_is_no_text_is_refused():
    with pytest.raises(
        ValueError, match=r"Scenario\.from_toml\.text must be a text in TOML, got 3"
    ):
        Scenario.from_toml(3)  # type: ignore[arg-type]  # it is no text
