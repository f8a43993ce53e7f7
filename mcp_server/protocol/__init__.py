"""How tools, resources, prompts and the heatmap app look to an MCP host."""
