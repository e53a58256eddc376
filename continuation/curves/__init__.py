"""One file a kind of curve; none imports another."""
