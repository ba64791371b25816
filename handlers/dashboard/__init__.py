"""The workplace of leaders and officers: the province at a glance, and the way down to an item."""
