"""What people wrote: masked, released by an editor, and drawn so that no mood is favoured."""
