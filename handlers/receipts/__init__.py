"""Receipts as respondents meet them: by link, deep link or typed code."""
