"""The hidden cases: functions, each with an identifier and points."""
