"""Ball arithmetic: numbers that come with a proved error bound, by python-flint."""
