"""A centre's side of federation: aggregates pulled from provinces, and believed or refused."""
