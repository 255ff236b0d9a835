"""The vendor's shapes: boards, explanations, history."""
