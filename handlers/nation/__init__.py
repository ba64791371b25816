"""Many provinces: what a province tells a centre, and the nation as the centre shows it."""
