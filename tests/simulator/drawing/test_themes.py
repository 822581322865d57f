"""Colors stand out from their paper, and from each other, for every reader."""

import re
from itertools import combinations

import numpy as np
import pytest

from simulator import Link, Scenario, simulate
from simulator.drawing import THEMES, theme_of

APART = 15
"""CIE 1976 color difference that any two colors of a palette keep, whoever looks.

The least that is noticed is 2.3: M. Mahy, L. Van Eycken, A. Oosterlinck, "Evaluation of Uniform
Color Spaces Developed after the Adoption of CIELAB and CIELUV", Color Research and Application
19(2), 1994.
"""

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation
# of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15(6), 2009:
# severity 1, on linear RGB.
READERS = {
    "any": np.eye(3),
    "protanopia": np.array([
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    "deuteranopia": np.array([
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    "tritanopia": np.array([
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip

# IEC 61966-2-1 (sRGB): linear RGB to XYZ, for white D65.
XYZ = np.array([
    [0.4124, 0.3576, 0.1805],
    [0.2126, 0.7152, 0.0722],
    [0.0193, 0.1192, 0.9505],
])  # fmt: skip


def linear(color):
    """Linear RGB of a color written as #rrggbb."""
    coded = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Contrast ratio of WCAG 2.2."""
    dark, light = sorted(float(XYZ[1] @ linear(color)) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(color, reader="any"):
    """CIELAB of what a reader sees."""
    seen = np.clip(READERS[reader] @ linear(color), 0, 1)
    t = XYZ @ seen / XYZ.sum(axis=1)
    x, y, z = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_measures_are_those_of_their_standards():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WCAG's own example
    assert lab("#ffffff") == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("#ff0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    red, green = (lab(color, "deuteranopia") for color in ("#ff0000", "#00b050"))
    assert np.linalg.norm(red - green) < np.linalg.norm(lab("#ff0000") - lab("#00b050")) / 3


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_lines_and_letters_stand_out_from_the_paper(theme):
    for name, color in theme.palette.items():
        assert contrast(color, theme.paper) >= 3, name
    for letters in (theme.ink, theme.quiet):
        assert contrast(letters, theme.paper) >= 4.5
        assert contrast(letters, theme.shade) >= 4.5
    assert contrast(theme.grid, theme.paper) < 1.5  # there, and no more than that


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_any_two_colors_stay_apart_for_every_reader(theme, reader):
    for (one, first), (other, second) in combinations(theme.palette.items(), 2):
        apart = np.linalg.norm(lab(first, reader) - lab(second, reader))
        assert apart >= APART, f"{one} and {other}: {apart:.1f}"


def test_a_color_has_the_same_name_in_every_theme_and_nearly_the_same_hue():
    light, dark = THEMES["light"], THEMES["dark"]
    assert list(light.palette) == list(dark.palette)
    for name in set(light.palette) - {"ink", "grey"}:
        (_, *one), (_, *other) = lab(light[name]), lab(dark[name])
        turn = np.degrees(np.arctan2(one[1], one[0]) - np.arctan2(other[1], other[0]))
        assert abs((turn + 180) % 360 - 180) < 30, name


def test_dark_paper_is_close_to_that_of_each_dark_theme_of_mdbook():
    for paper in ("#161923", "#141617", "#0f1419"):  # navy, coal, ayu
        assert np.linalg.norm(lab(paper) - lab(THEMES["dark"].paper)) < 6


def test_a_diagram_is_drawn_in_the_colors_of_its_theme_alone():
    trace = simulate(Scenario(link=Link(loss=0.5), messages=3, seed=2), trace=True).trace
    for name, theme in THEMES.items():
        figure = trace.plot(theme=name)
        named = {theme.paper, theme.ink, theme.quiet, theme.grid, *theme.palette.values()}
        assert figure.get_facecolor() == pytest.approx((*_rgb(theme.paper), 1.0))
        figure.canvas.draw()
        (axes,) = figure.axes
        tick = axes.yaxis.get_major_ticks()[-1]
        assert tick.label1.get_color() == tick.tick1line.get_color() == theme.ink
        assert axes.yaxis.label.get_color() == theme.ink
        colors = {line.get_color() for line in axes.get_lines()}
        assert colors <= named
        assert all(re.fullmatch("#[0-9a-f]{6}", str(color)) for color in colors)


def test_another_theme_is_refused():
    with pytest.raises(ValueError, match=r'theme must be one of "light", "dark", got .sepia.'):
        theme_of("sepia")


def _rgb(color):
    return tuple(int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
