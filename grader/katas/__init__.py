"""The katas that are shipped."""
