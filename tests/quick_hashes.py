"""Hashes of words that only open a test's door.

Hashing takes long, which is its purpose; these are hashed as the product never would, and checked
as it checks every word, by what its hash says of the way.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher

hash_of = cache(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash)
