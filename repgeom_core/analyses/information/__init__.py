"""Information: entropies of features and what they tell about labels."""
