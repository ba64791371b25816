"""One module per platform: parse what arrives, send what must go."""
