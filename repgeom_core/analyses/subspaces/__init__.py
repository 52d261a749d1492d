"""Subspaces: one per class, the angles between them, coding rate, and clustering into subspaces."""
