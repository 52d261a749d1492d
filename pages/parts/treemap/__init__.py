"""The Treemap page: which tree, how much of it, and its views."""
