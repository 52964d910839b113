"""What can be read off wrong attention, without knowing how it came about."""
