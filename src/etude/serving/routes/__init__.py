"""The paths of the API, one file a resource: each has ``router(services)``."""
