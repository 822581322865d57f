"""The documentation site: Sphinx reads the pages, the docstrings and the published results."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent / "extensions")]

project = "Pigeon"
author = "Pigeon contributors"
project_copyright = "Pigeon contributors, MIT licence"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    # Ours, in extensions/.
    "answers",
    "command_line",
    "docstrings",
    "french",
    "gallery",
    "links",
    "mathml",
    "notebooks",
    "self_contained",
]
exclude_patterns = ["_build"]
nitpicky = True

# Pages are in MyST Markdown; the notebooks are shown with the outputs that they are kept with.
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # pages ask nothing of the network: sliders show their last picture

# Docstrings: Google's sections, types in signatures, `names` that link where they can.
default_role = "py:obj"
add_module_names = False
autodoc_class_signature = "mixed"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_display_short_literal_types = True
python_maximum_signature_line_length = 130
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Attributes", "params_style")]

html_theme = "furo"
html_title = "Pigeon"
html_static_path = ["_static"]
html_css_files = ["pigeon.css"]
html_js_files = ["players.js"]
html_extra_path = ["gallery/pages"]  # the players, beside the page that shows them
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "native"
