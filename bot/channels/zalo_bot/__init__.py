"""Zalo Bot Platform: text only, so every choice is a number to type."""
