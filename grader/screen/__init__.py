"""A report as a screen for a person."""
