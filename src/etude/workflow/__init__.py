"""One file a verb: composes the stages."""
