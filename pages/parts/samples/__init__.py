"""Samples as gallery, wall and table."""
