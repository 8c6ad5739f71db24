"""The pages of webhooks, for administrators."""
