"""What happens when something arrives: an update from a channel or an HTTP request."""
