"""Paper forms: what stands on one, and how a batch becomes a PDF."""
