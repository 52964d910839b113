"""What a kata is, and where its parts are."""
