"""Zalo as far as its public documents tell: a Bot Platform and an Official Account that refuse.

with ZaloBot() as fake:
    fake.respondent("6ede9afa66b88fe6d6a9").says("#381207")   # polled, or posted to the webhook

Built from docs/reference/channels.md. Every refusal is a row of rules.py that quotes the line it
stands on; what that document calls disputed is a switch of unconfirmed.py.
"""
