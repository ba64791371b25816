"""Corrective plans: criteria that have fallen or stay low, and what units do about them."""
