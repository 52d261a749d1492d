"""Hierarchies: how well a tree fits distances and labels, how stable it is, and what its method promises."""
