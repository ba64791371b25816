"""Foreign bytes for every parser: valid input, and what somebody makes of it."""
