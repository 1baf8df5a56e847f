"""One file per noun, thin: read the request, call the layer that knows, wrap the answer."""
