"""The tools over HTTP: REST, MCP, their description, and who may ask for them."""
