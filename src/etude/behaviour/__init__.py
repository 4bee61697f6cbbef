"""Behaviour suites: how candidates answer inputs that were changed on purpose. Suites are in `suites`,
one a file; `rules` says what a failure is; `results` counts. No models, folders or screens."""
