"""Pages of analyses: cards, curves over checkpoints, tables and pictures of one family."""
