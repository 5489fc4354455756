"""From exported files to fact sets; one module per source format."""
