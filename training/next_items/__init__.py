"""Learning what comes next in a session, from looks at items alone: no listing, no exposure is needed."""
