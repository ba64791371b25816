"""The same conversations on every channel, through the HTTP surfaces of the real application."""
