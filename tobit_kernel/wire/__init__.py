"""What crosses the gate: models, the envelope, parameters, Arrow framing."""
