"""What explains a wrong function."""
