"""People with an account: single sign-on, and who looks after accounts."""
