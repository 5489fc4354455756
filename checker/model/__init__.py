"""The shared language: policies, facts, findings. Frozen values, standard library only, no effects."""
