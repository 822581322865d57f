"""Interactive: charts, and views under sliders, for notebooks."""
