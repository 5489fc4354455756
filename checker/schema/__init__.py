"""What is generated from the fact catalogue: JSON Schemas and the documentation of the facts."""
