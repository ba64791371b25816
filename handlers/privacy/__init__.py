"""Data protection: rights by response code, the notice and its versions, what is kept how long."""
