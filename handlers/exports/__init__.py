"""Released responses row by row, for whom the right is given."""
