"""Spectra: how many directions the features use, whether the cloud is isotropic, what is above noise."""
