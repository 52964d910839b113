"""What katas of one family share: inputs, weights seen in outputs, pictures of them."""
