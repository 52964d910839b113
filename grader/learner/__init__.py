"""The learner's code, called through the jail."""
