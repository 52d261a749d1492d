"""Intrinsic dimension: on how many degrees of freedom the features live, and at which scale."""
