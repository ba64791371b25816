"""The sealed log for everybody: roots, proofs, and what the owner of a response code may do."""
