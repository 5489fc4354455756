"""From policy and facts to findings: pure, deterministic, independent of order."""
