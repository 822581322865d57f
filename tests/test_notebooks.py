"""Notebooks: made from one source, the same at each run, and kept for those who only read."""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SOURCES = sorted(NOTEBOOKS.glob("[0-9]*.py"))

spec = importlib.util.spec_from_file_location("build_notebooks", NOTEBOOKS / "build.py")
assert spec is not None
build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build)

SOURCE = """\
# %% [markdown] lang="en"
# A curve

# %% [markdown] lang="fr"
# Une courbe : laquelle ?

# %% lang="en"
LANGUAGE = "en"
ONE, TWO = "one", "two, at last"

# %% lang="fr"
LANGUAGE = "fr"
ONE, TWO = "un", "deux, enfin"

# %%
from matplotlib.figure import Figure

from simulator.drawing.canvas import Canvas

print(ONE, LANGUAGE)
print(TWO)
figure = Canvas()
figure.subplots().plot([0, 1])
figure.description = "A curve,\\ntold"
figure
"""

ENGLISH = re.compile(
    r"\b(the|of|and|is|was|with|lost|sends?|sent|sender|receiver|attempts?|handles|timeout|gives up"
    r"|acknowledg\w+|arrival|handed|answer|heard|task|queued|shown|run|right|put|held|seconds?)\b"
)


def output(**data):
    kinds = {"png": "image/png", "markdown": "text/markdown", "plain": "text/plain"}
    data = {kinds.get(kind, kind): value for kind, value in data.items()}
    return nbformat.v4.new_output("display_data", data)


def notebook(*outputs, source="figure"):
    cell = nbformat.v4.new_code_cell(source, outputs=list(outputs))
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_what_is_kept_is_what_its_source_says_with_outputs(source, language):
    kept = nbformat.read(source.with_suffix(f".{language}.ipynb"), as_version=4)
    assert build.cells_of(kept) == build.cells_of(build.translate(source, language))
    outputs = [output for cell in kept.cells for output in cell.get("outputs", [])]
    assert outputs
    assert not any(build.ALIVE in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_what_a_french_notebook_says_is_french(source):
    kept = nbformat.read(source.with_suffix(".fr.ipynb"), as_version=4)
    for cell in kept.cells:
        for shown in cell.get("outputs", []):
            for text in build.texts_of(shown):
                if shown.output_type == "stream" or "text/markdown" in shown.data:
                    prose = re.sub(r"\{.*?\}", "", text)  # what messages carry
                    assert not ENGLISH.search(prose.lower())


def test_a_cell_of_a_language_is_in_its_notebook_alone(tmp_path):
    (tmp_path / "0_curve.py").write_text(SOURCE)
    english, french = (build.translate(tmp_path / "0_curve.py", one) for one in ("en", "fr"))
    assert [len(one.cells) for one in (english, french)] == [2, 2]
    assert english.cells[0].source == "A curve"
    assert french.cells[0].source == (
        "Une courbe\N{NO-BREAK SPACE}: laquelle\N{NARROW NO-BREAK SPACE}?"
    )


def test_a_constant_of_a_language_stands_where_it_is_used(tmp_path):
    (tmp_path / "0_curve.py").write_text(SOURCE)
    english, french = (build.translate(tmp_path / "0_curve.py", one) for one in ("en", "fr"))
    assert 'print("one", "en")\nprint("two, at last")\n' in english.cells[1].source
    assert 'print("un", "fr")\nprint("deux, enfin")\n' in french.cells[1].source


def test_a_code_cell_of_a_language_has_constants_alone(tmp_path):
    (tmp_path / "0_curve.py").write_text('# %% lang="en"\nprint("one")\n')
    with pytest.raises(TypeError, match="constants alone"):
        build.translate(tmp_path / "0_curve.py", "en")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_french_notebook_has_decimal_commas_in_its_tables(source):
    kept = nbformat.read(source.with_suffix(".fr.ipynb"), as_version=4)
    shown = [output for cell in kept.cells for output in cell.get("outputs", [])]
    tables = "".join(output.get("data", {}).get("text/html", "") for output in shown)
    for cell in re.findall(r"<td>(.*?)</td>", tables):
        assert not re.search(r"\d\.\d", cell)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_code_of_a_notebook_says_nothing_of_the_other_language(source, language):
    for cell in build.translate(source, language).cells:
        if cell.cell_type == "code":
            assert "LANGUAGE" not in cell.source
            assert "names(" not in cell.source


def test_of_controls_a_picture_and_a_line_are_kept():
    alive = output(**{build.ALIVE: {"model_id": "1"}}, png="AAAA", markdown="*At 3*", plain="At 3")
    picture, line = build.still(alive)
    assert picture.data == {"image/png": "AAAA", "text/plain": "At 3"}
    assert line.data == {"text/markdown": "*At 3*", "text/plain": "At 3"}


def test_what_is_measured_is_shown_and_not_compared(tmp_path):
    (tmp_path / "0_real.py").write_text('# %% tags=["varies"]\nprint(1)\n\n# %%\nprint(2)\n')
    cells = build.translate(tmp_path / "0_real.py", "en").cells
    assert [cell.metadata for cell in cells] == [{"tags": ["varies"]}, {}]

    def measured(*outputs):
        made = notebook(*outputs)
        made.cells[0].metadata = {"tags": ["varies"]}
        return made

    kept = measured(output(plain="0.87"))
    assert build.differences(measured(output(plain="0.86")), kept) == []
    assert build.differences(measured(), kept)


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (nbformat.v4.new_output("stream", name="stderr", text="UserWarning: no"), "it warns"),
        (output(plain="<Thing at 0x7f01>"), "a place in memory"),
    ],
)
def test_a_warning_and_a_place_in_memory_are_not_kept(shown, why):
    with pytest.raises(build.Unfit, match=why):
        list(build.still(shown))


def test_other_words_are_a_difference_and_other_pixels_are_not():
    kept = notebook(output(png="AAAA", plain="0.25"))
    assert build.differences(notebook(output(png="BBBB", plain="0.25")), kept) == []
    (difference,) = build.differences(notebook(output(png="AAAA", plain="0.26")), kept)
    assert "shows something else" in difference
    assert build.differences(notebook(), kept)


def test_a_second_run_gives_the_same_bytes_and_a_failing_one_leaves_them(
    tmp_path, capsys, monkeypatch
):
    source, kept = tmp_path / "0_curve.py", tmp_path / "0_curve.fr.ipynb"
    source.write_text(SOURCE)
    asked = ["--folder", str(tmp_path)]
    assert build.main(asked) == 0
    made = {path.name for path in tmp_path.glob("*.ipynb")}
    assert made == {"0_curve.en.ipynb", "0_curve.fr.ipynb"}
    monkeypatch.setattr(build, "LANGUAGES", ("fr",))  # each starts a kernel
    first = kept.read_bytes()
    assert build.main([*asked, "--check"]) == 0
    assert build.main(asked) == 0
    assert kept.read_bytes() == first
    *_, cell = nbformat.read(kept, as_version=4).cells
    printed, figure = cell.outputs
    assert printed.text == "un fr\ndeux, enfin\n"
    assert "image/png" in figure.data
    assert cell.metadata == {"mystnb": {"image": {"alt": "A curve, told"}}}

    source.write_text(SOURCE + "\n# %%\n1 / 0\n")
    assert build.main([*asked, "--check"]) == 1
    assert "its cells are not what its source says" in capsys.readouterr().out
    assert build.main(asked) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert kept.read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["99"], "begins with '99'"), (["--jobs", "0"], "--jobs must be at least 1, got 0")],
)
def test_bad_input_ends_with_one_line_and_exit_status_2(arguments, message, capsys):
    with pytest.raises(SystemExit) as ended:
        build.main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
