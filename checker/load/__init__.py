"""From text to model: policies and the tables that come with them."""
