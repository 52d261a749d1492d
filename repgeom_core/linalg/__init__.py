"""Shared intermediates: what many analyses need and should be computed once."""
