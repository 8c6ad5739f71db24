"""What the arithmetic is judged by: worked examples, properties, refusals."""
