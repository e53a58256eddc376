"""Proofs about networks of numbers: intervals, search, types, and a second proof by balls."""
