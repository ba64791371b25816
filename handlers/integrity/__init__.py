"""Counters that were named: for whom they are, what each page shows, what is told in public."""
