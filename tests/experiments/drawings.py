"""What stands in a drawn figure, read back from its files."""

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from matplotlib.image import imread

from experiments.figures.naming import Naming
from experiments.figures.panels import lines_of
from experiments.framework.figure import Bars, Timeline

SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Part:
    """Some of a drawing: Matplotlib draws letters as paths, with the text in a comment before."""

    group: ET.Element

    @property
    def texts(self):
        """What is written in it."""
        return [
            (element.text or "").strip()
            for element in self.group.iter()
            if element.tag is ET.Comment
        ]

    def children(self, kind):
        """Its groups of a kind: "axes", "legend", "line2d", "patch"."""
        return [Part(g) for g in self.group if g.get("id", "").rpartition("_")[0] == kind]

    def count(self, tag):
        """Count the elements of a kind in it: "use" is a marker, "path" a line."""
        return sum(1 for _ in self.group.iter(SVG + tag))


@dataclass
class Drawing:
    """An SVG file: its title, language and size in inches, and what it shows."""

    title: str
    language: str
    size: tuple[float, float]
    whole: Part


def read(path: Path) -> Drawing:
    """Read an SVG file that Matplotlib wrote."""
    parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))  # noqa: S314 - our own
    root = ET.parse(path, parser).getroot()  # noqa: S314 - drawn by ourselves
    width, height = (
        float(root.get(side, "").removesuffix("pt")) / 72 for side in ("width", "height")
    )
    group = root.find(SVG + "g")
    assert group is not None
    title = root.findtext(SVG + "title", "")
    return Drawing(title, root.get("lang", ""), (width, height), Part(group))


def check(folder, experiment, figure, tables, language):
    """See that the files of a figure show what they should, in a language and in both themes."""
    naming = Naming(language, experiment)
    title = naming.figure_title(figure)
    stem = f"{figure.name}.{language}"
    for kind in ("svg", "dark.svg"):
        drawing = read(folder / f"{stem}.{kind}")
        assert (drawing.title, drawing.language) == (title, language)
        assert title in drawing.whole.texts
        panels = drawing.whole.children("axes")
        assert len(panels) == len(figure.panels)
        names = [t for legend in drawing.whole.children("legend") for t in legend.texts]
        for part, panel in zip(panels, figure.panels, strict=True):
            check_panel(part, panel, tables.of(panel), naming, names)
    bitmap = imread(folder / f"{stem}.png")
    height, width = bitmap.shape[:2]
    dots = width / drawing.size[0]
    assert dots > 100  # to the inch: letters of 8 points can be read
    assert abs(height - dots * drawing.size[1]) <= 1
    assert bitmap[0, 0, :3].min() == 1  # the paper of the light theme
    assert bitmap[..., :3].min() < 0.5  # and ink on it
    assert (folder / f"{stem}.txt").read_text(encoding="utf-8").startswith(title)


def check_panel(part, panel, table, naming, legend):
    """See that a panel has its texts, and a mark for each row of its table."""
    lines = list(lines_of(table, panel, naming.experiment))
    assert lines
    assert naming.title(panel) in part.texts
    if isinstance(panel, Bars):
        rows = [row for _, _, rows in lines for row in rows.itertuples()]
        assert len(part.children("patch")) == len(rows) + 3  # paper, and two sides of the frame
        for key in {key for _, _, rows in lines for key in rows[panel.x]}:
            assert naming.key(panel.x, key) in part.texts
        if panel.x == panel.color:
            return
    else:
        assert naming.axis(panel.x) in part.texts
    for key, _, _ in lines:
        assert naming.key(panel.color, key) in legend
    if isinstance(panel, Timeline):
        assert len(part.children("FillBetweenPolyCollection")) == len(lines)
        assert len([line for line in part.children("line2d") if line.count("use")]) == len(lines)
    elif not isinstance(panel, Bars):
        # A marker for each mean, and a cap for each end of its interval.
        wanted = Counter(int(rows["mean"].notna().sum()) for _, _, rows in lines)
        drawn = Counter(line.count("use") for line in part.children("line2d"))
        for points, count in wanted.items():
            assert drawn[points] >= 3 * count, (panel.y, points)
