"""What newsrooms ask units about released quotes, and what these answer for everybody to read."""
