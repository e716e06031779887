"""What a generation is in the cluster: its index, its artifacts, and how numbers and positions are
written in fields."""
