"""What leaves, or would have left, as a tester sees it: messages rendered, and pages of them that fetch nothing."""
