"""Events told to other systems: signed, retried, and never to an address inside."""
