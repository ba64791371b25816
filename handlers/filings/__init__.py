"""Filings: the desk on which reports are written and received, and what is published of them."""
