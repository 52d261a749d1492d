"""The Load page: bundles there are, and the forms that make one."""
