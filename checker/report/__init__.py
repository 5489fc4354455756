"""From findings and facts to text; one module per format."""
