"""Zalo Official Accounts: signed events, messages with buttons, rotating tokens, invitations."""
