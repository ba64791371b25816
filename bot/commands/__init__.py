"""Commands of the console script, one module each, loaded when called."""
