"""Grades the product's numbers against provinces whose truth is known."""
