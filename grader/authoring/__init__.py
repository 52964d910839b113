"""For who writes a kata: what holds it together."""
