"""The hypersphere: alignment, uniformity, coherence of directions."""
