"""Trees in files: DendroMap's formats, scipy's linkage matrices, and those that a bundle keeps."""
