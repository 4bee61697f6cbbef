"""What goes over the wire, one file a resource: requests refuse what they do not know."""
