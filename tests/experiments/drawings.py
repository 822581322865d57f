"""What stands in a drawn figure, read back from its files."""

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from matplotlib.image import imread

from experiments.figures.naming import Naming
from experiments.figures.rows import lines_of
from experiments.framework.figure import Bars, Dots, Timeline

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

    @property
    def said(self):
        """What is written in it, in one line: a long text is folded."""
        return plain(" ".join(self.texts))

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


def plain(text):
    """Return a text without its no-break spaces: those of a figure have more of them."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


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
        assert plain(title) in drawing.whole.said
        panels = drawing.whole.children("axes")
        assert len(panels) == len(figure.panels)
        for part, panel in zip(panels, figure.panels, strict=True):
            check_panel(part, panel, tables.of(panel), naming, drawing.whole.said)
    bitmap = imread(folder / f"{stem}.png")
    height, width = bitmap.shape[:2]
    dots = width / drawing.size[0]
    assert dots > 100  # to the inch: letters of 8 points can be read
    assert abs(height - dots * drawing.size[1]) <= 1
    assert bitmap[0, 0, :3].min() == 1  # the paper of the light theme
    assert bitmap[..., :3].min() < 0.5  # and ink on it
    assert (folder / f"{stem}.txt").read_text(encoding="utf-8").startswith(title)


def check_panel(part, panel, table, naming, whole):
    """See that a panel has its texts, and a mark for each row of its table."""
    lines = list(lines_of(table, panel, naming.experiment))
    assert lines
    assert plain(naming.title(panel)) in part.said
    if isinstance(panel, Bars):
        marks = sum(len(rows) for *_, rows in lines)
        if isinstance(panel, Dots):
            assert sum(line.count("use") for line in part.children("line2d")) == 3 * marks
        else:
            assert len(part.children("patch")) == marks + 3  # paper, and two sides of the frame
        for key in {key for _, _, rows in lines for key in rows[panel.x]}:
            assert plain(naming.key(panel.x, key)) in whole  # once for bars beside each other
        if panel.x == panel.color:
            return
    else:
        assert plain(naming.axis(panel.x)) in part.said
    for key, _, _ in lines:
        assert plain(naming.key(panel.color, key)) in part.said
    if isinstance(panel, Timeline):
        assert len(part.children("FillBetweenPolyCollection")) == len(lines)
        assert len([line for line in part.children("line2d") if line.count("use")]) == len(lines)
    elif not isinstance(panel, Bars):
        # A marker for each mean, and a cap for each end of its interval.
        wanted = Counter(int(rows["mean"].notna().sum()) for _, _, rows in lines)
        drawn = Counter(line.count("use") for line in part.children("line2d"))
        if panel.scale == "log":  # no 0 on it
            marks = sum(int((rows["mean"] > 0).sum()) for *_, rows in lines)
            assert sum(points * count for points, count in drawn.items()) >= 3 * marks
            return
        for points, count in wanted.items():
            assert drawn[points] >= 3 * count, (panel.y, points)
