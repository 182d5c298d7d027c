"""The report of a run: its model, and one module for each format it is drawn in."""
