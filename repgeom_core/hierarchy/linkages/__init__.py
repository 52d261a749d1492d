"""Linkages: one file for each way to a tree, and what they share."""
