"""Counter posters: what stands on one, and how many become a PDF."""
