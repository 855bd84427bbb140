"""One ranking on its way through the service: the call, the decision, what is read, what is computed and recorded."""
