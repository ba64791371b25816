"""The survey and its statistics: pure functions over frozen data, standard library only."""
