"""A province-year with known truth, for the demo and for grading the product."""
