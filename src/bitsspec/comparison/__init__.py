"""Several candidates side by side: the model, and one module for each format it is drawn in."""
