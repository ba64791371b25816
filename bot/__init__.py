"""Processes and platforms: composition root, settings, command line, channels, workers, seeds."""
