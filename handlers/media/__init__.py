"""What newsrooms and anybody may print: pages of periods, feeds, open data."""
